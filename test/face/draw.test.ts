import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Faces, Mark } from '../../src/face/face.ts';
import { openFaces } from '../../src/face/pool.ts';
import { turnedByExif } from './hostile.ts';
import { distance, fastPack, portrait, sample } from './samples.ts';

let faces: Faces;
beforeAll(async () => {
  faces = await openFaces({ pack: await fastPack(), children: 1 });
});
afterAll(() => faces[Symbol.asyncDispose]());

async function marksFor(photo: Uint8Array, tone: Mark['tone']): Promise<Mark[]> {
  return (await faces.see(photo)).faces.map(({ box }, index) => ({ box, tone, number: index + 1 }));
}

const pixelsOf = (picture: Uint8Array) => sharp(picture).raw().toBuffer({ resolveWithObject: true });

const grey = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#808080' } })
    .png()
    .toBuffer();

/**
 * Reads the dots of the number on the plate with this corner, on a photo so small that a dot is 4
 * pixels wide.
 */
async function plateOf(mark: Mark, [left, top]: readonly [number, number]): Promise<string[]> {
  const { data, info } = await pixelsOf(await faces.draw(await grey(640, 480), [mark]));
  const columns = String(mark.number).length * 6 - 1;
  const isInk = (x: number, y: number) => (data[(y * info.width + x) * 3] ?? 0) < 100;
  return Array.from({ length: 7 }, (_, row) =>
    Array.from({ length: columns }, (_, column) =>
      isInk(left + (column + 1) * 4 + 2, top + (row + 1) * 4 + 2) ? '#' : '.',
    ).join(''),
  );
}

describe('the picture with numbered boxes', () => {
  test('is a JPEG of at most 1,280 pixels that does not say where and with what the photo was taken', async () => {
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

  test('leaves the photo as it is inside the box and away from it', async () => {
    const wall = await grey(640, 480);
    const { data, info } = await pixelsOf(
      await faces.draw(wall, [{ box: [200, 200, 160, 160], number: 1, tone: 'match' }]),
    );
    const isGrey = (x: number, y: number) => {
      const [r = 0, g = 0, b = 0] = data.subarray((y * info.width + x) * 3);
      return [r, g, b].every((value) => Math.abs(value - 128) < 8);
    };
    for (const [x, y] of [
      [280, 280],
      [215, 215],
      [345, 345],
      [100, 280],
      [280, 450],
      [600, 20],
    ] as const) {
      expect([x, y, isGrey(x, y)]).toEqual([x, y, true]);
    }
    for (const [x, y] of [
      [199, 280],
      [360, 280],
      [280, 199],
      [280, 360],
    ] as const) {
      expect([x, y, isGrey(x, y)]).toEqual([x, y, false]);
    }
  });

  test.each([
    [1, ['..#..', '.##..', '..#..', '..#..', '..#..', '..#..', '.###.']],
    [7, ['#####', '....#', '...#.', '..#..', '.#...', '.#...', '.#...']],
    [42, ['...#...###.', '..##..#...#', '.#.#......#', '#..#.....#.', '#####...#..', '...#...#...', '...#..#####']],
  ])('writes %i on a plate above the box', async (number, expected) => {
    expect(await plateOf({ box: [200, 200, 160, 160], number, tone: 'possible' }, [196, 160])).toEqual(expected);
  });

  test('writes digits that a phone, which shows 320 points across, shows 12 points high', async () => {
    const mark = { box: [400, 400, 120, 120], number: 8, tone: 'unknown' } as const;
    const { data, info } = await pixelsOf(await faces.draw(await grey(1280, 960), [mark]));
    const isInk = (x: number, y: number) => (data[(y * info.width + x) * 3] ?? 0) < 100;
    const rows = Array.from({ length: 390 - 300 }, (_, y) => 300 + y);
    const inked = rows.filter((y) => Array.from({ length: 30 }, (_, x) => isInk(398 + x, y)).includes(true));
    expect(((inked.at(-1) ?? 0) - (inked[0] ?? 0) + 1) / (1280 / 320)).toBeGreaterThanOrEqual(12);
  });

  test('writes it inside the box where there is no room above', async () => {
    const one = ['..#..', '.##..', '..#..', '..#..', '..#..', '..#..', '.###.'];
    expect(await plateOf({ box: [200, 5, 160, 160], number: 1, tone: 'possible' }, [196, 5])).toEqual(one);
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

  test('blurs more than the face: hair, ears and chin too, and nothing sharp is left there', async () => {
    const stripes = new Uint8Array(640 * 480 * 3).map((_, i) => (Math.floor(i / 12) % 2 === 0 ? 0 : 255));
    const wall = await sharp(stripes, { raw: { width: 640, height: 480, channels: 3 } })
      .png()
      .toBuffer();
    const box = [240, 160, 100, 120] as const;
    const { data, info } = await pixelsOf(await faces.draw(wall, [{ box, number: 0, tone: 'blur' }]));
    const steps = (left: number, right: number, y: number) =>
      Math.max(
        ...Array.from({ length: right - left }, (_, i) => {
          const at = (y * info.width + left + i) * 3;
          return Math.abs((data[at + 3] ?? 0) - (data[at] ?? 0));
        }),
      );
    for (const y of [140, 180, 220, 300]) expect(steps(220, 360, y)).toBeLessThan(24);
    expect(steps(10, 180, 220)).toBeGreaterThan(150);
  });

  test('is refused like the photo itself when the bytes are no photo', async () => {
    await expect(faces.draw(Buffer.from('no photo'), [])).rejects.toMatchObject({ code: 'not_an_image' });
  });
});
