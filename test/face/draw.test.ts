import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Faces, Mark } from '../../src/face/face.ts';
import { openFaces } from '../../src/face/pool.ts';
import { turnedByExif } from './hostile.ts';
import { defaultPack, distance, portrait, sample } from './samples.ts';

let faces: Faces;
beforeAll(async () => {
  faces = await openFaces({ pack: await defaultPack(), workers: 1 });
});
afterAll(() => faces[Symbol.asyncDispose]());

async function marksFor(photo: Uint8Array, tone: Mark['tone']): Promise<Mark[]> {
  return (await faces.see(photo)).faces.map(({ box }, index) => ({ box, tone, number: index + 1 }));
}

const pixelsOf = (picture: Uint8Array) => sharp(picture).raw().toBuffer({ resolveWithObject: true });

describe('the picture with numbered boxes', () => {
  test('is a JPEG of at most 1,280 pixels that says nothing of where and with what the photo was taken', async () => {
    const photo = await sharp(sample(1))
      .withExif({ IFD0: { Make: 'Camera' }, IFD3: { GPSAltitude: '9/1' } })
      .toBuffer();
    const { format, width, height, exif, icc, xmp } = await sharp(await faces.draw(photo, [])).metadata();
    expect({ format, longest: Math.max(width, height) }).toEqual({ format: 'jpeg', longest: 1280 });
    expect([exif, icc, xmp]).toEqual([undefined, undefined, undefined]);
  });

  test('of a small photo keeps its size, upright', async () => {
    const { width, height } = await sharp(await faces.draw(await turnedByExif(6), [])).metadata();
    expect([width, height]).toEqual([390, 500]);
  });

  test('still shows every face', async () => {
    const photo = await readFile(sample(5));
    const drawn = await faces.draw(photo, await marksFor(photo, 'possible'));
    expect((await faces.see(drawn)).faces).toHaveLength(5);
  });

  test('frames in the colour of the verdict', async () => {
    const photo = await portrait();
    const colours = await Promise.all(
      (['match', 'possible', 'unknown'] as const).map(async (tone) => {
        const marks = await marksFor(photo, tone);
        const { data, info } = await pixelsOf(await faces.draw(photo, marks));
        const [x, y, , height] = marks[0]?.box ?? [0, 0, 0, 0];
        // On the left line, halfway down.
        const at = (Math.round(y + height / 2) * info.width + Math.round(x) - 1) * 3;
        return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0] as const;
      }),
    );
    const [match, possible, unknown] = colours.map(([r, g, b]) => ({ r, g, b }));
    expect(match && match.g > match.r + 50).toBe(true);
    expect(possible && possible.r > possible.b + 50).toBe(true);
    expect(unknown && Math.abs(unknown.r - unknown.b)).toBeLessThan(50);
  });

  test('writes another number differently', async () => {
    const photo = await portrait();
    const [mark] = await marksFor(photo, 'match');
    const [one, seven] = await Promise.all(
      [1, 7].map((number) => faces.draw(photo, mark ? [{ ...mark, number }] : [])),
    );
    expect(one).not.toEqual(seven);
  });

  test('draws a box that reaches over the edge as far as there is a photo', async () => {
    const photo = await portrait();
    const box = [-80, -90, 5000, 5000] as const;
    const { width, height } = await sharp(await faces.draw(photo, [{ box, number: 64, tone: 'match' }])).metadata();
    expect([width, height]).toEqual([390, 500]);
  });

  test('blurs beyond recognition: no face is found there, or one that is nobody', async () => {
    const photo = await readFile(sample(6));
    const seen = await faces.see(photo);
    const blurred = await faces.see(await faces.draw(photo, await marksFor(photo, 'blur')));
    for (const ghost of blurred.faces) {
      for (const face of seen.faces) expect(distance(ghost.embedding, face.embedding)).toBeGreaterThan(1.15);
    }
    expect(blurred.faces.length).toBeLessThan(seen.faces.length);
  });

  test('of what is no photo is refused like the photo itself', async () => {
    await expect(faces.draw(Buffer.from('no photo'), [])).rejects.toMatchObject({ code: 'not_an_image' });
  });
});
