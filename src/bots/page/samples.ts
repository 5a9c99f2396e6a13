import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A photo to try the page with, without one of one's own. */
export interface SamplePhoto {
  /** Path on disk; a JPEG. */
  readonly file: string;
  /** x, y, width, height in pixels of the part that shows one face, to be used as a selfie; undefined for the whole photo. */
  readonly crop?: readonly [x: number, y: number, width: number, height: number];
}

/**
 * The demo photos of a package that only development installs, and that cannot be shipped: the people in them agreed to no
 * product. Two selfies are cut out of them; the first one's owner is in `sample3.jpg` too, photographed on another day.
 */
const PACKAGE = '@vladmandic/face-api/package.json';
const PHOTOS: readonly { readonly name: string; readonly crop?: NonNullable<SamplePhoto['crop']> }[] = [
  { name: 'sample1.jpg', crop: [1370, 110, 420, 440] },
  { name: 'sample6.jpg', crop: [1070, 190, 390, 500] },
  { name: 'sample3.jpg' },
  { name: 'sample6.jpg' },
  { name: 'sample5.jpg' },
];

/** The sample photos that are installed; none in production. */
export async function samplePhotos(): Promise<readonly SamplePhoto[]> {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), 'demo');
    const samples = PHOTOS.map(({ name, ...rest }) => ({ file: join(folder, name), ...rest }));
    await Promise.all(samples.map(({ file }) => access(file)));
    return samples;
  } catch {
    return [];
  }
}
