import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** Demo photos of a development dependency, with recurring people. */
const FOLDER = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

const photo = (name: string) => readFile(join(FOLDER, name));

async function cropped(name: string, [left, top, width, height]: readonly [number, number, number, number]) {
  return await sharp(await photo(name))
    .extract({ left, top, width, height })
    .jpeg()
    .toBuffer();
}

/**
 * `ann` and `bob` show one person each. `group` shows the person of `ann` on another day, among
 * others. `withBob` is the whole photo from which `bob` is cut.
 */
export async function samples() {
  return {
    ann: await cropped('sample1.jpg', [1370, 110, 420, 440]),
    bob: await cropped('sample6.jpg', [1070, 190, 390, 500]),
    group: await photo('sample3.jpg'),
    withBob: await photo('sample6.jpg'),
  };
}
