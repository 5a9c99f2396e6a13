import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Face, Quality } from '../../src/face/face.ts';
import { openPipeline, type See } from '../../src/face/pipeline.ts';
import { defaultPack, distance, portrait, SAMPLE_FACES, sample, subjectOf, tiltedPortrait } from './samples.ts';

let see: See;
let face: Face;
beforeAll(async () => {
  ({ see } = await openPipeline(await defaultPack()));
  face = await only(await portrait());
});

async function only(photo: Uint8Array): Promise<Face> {
  const { faces } = await see(photo);
  expect(faces).toHaveLength(1);
  return faces[0] ?? face;
}

const edited = async (change: (photo: Sharp) => Sharp) =>
  change(sharp(await portrait()))
    .jpeg()
    .toBuffer();

describe('in a photo', () => {
  test.each(SAMPLE_FACES.map((count, index) => [index + 1, count]))(
    'sample %i, all %i faces are seen',
    async (number, count) => {
      const { faces } = await see(await readFile(sample(number)));
      expect(faces).toHaveLength(count);
      const sizes = faces.map(({ box: [, , , height] }) => height);
      expect(sizes).toEqual(sizes.toSorted((p, q) => q - p));
    },
  );

  test('a face has 68 landmarks within reach of its box and an embedding of length 1', () => {
    expect(face.landmarks).toHaveLength(68);
    expect(face.embedding).toHaveLength(128);
    expect(Math.hypot(...face.embedding)).toBeCloseTo(1, 5);
    const [x, y, width, height] = face.box;
    for (const [px, py] of face.landmarks) {
      expect(px).toBeGreaterThan(x - width / 2);
      expect(px).toBeLessThan(x + width * 1.5);
      expect(py).toBeGreaterThan(y - height / 2);
      expect(py).toBeLessThan(y + height * 1.5);
    }
  });

  test('larger than the working size, boxes are in pixels of the photo as sent', async () => {
    const [x, y, width, height] = face.box;
    const large = await only(await edited((photo) => photo.resize(390 * 5)));
    for (const [i, value] of [x, y, width, height].entries()) {
      expect(Math.abs((large.box[i] ?? 0) - value * 5)).toBeLessThan(width);
    }
    expect(large.quality.eyeDistance / face.quality.eyeDistance).toBeCloseTo(5, 0);
  });

  test('the same woman on another day is nearer than any other person of the samples', async () => {
    const her = await only(await tiltedPortrait());
    const { faces } = await see(await readFile(sample(3)));
    const distances = faces.map(({ embedding }) => distance(embedding, her.embedding)).toSorted((p, q) => p - q);
    expect(distances[0]).toBeLessThan(1);
    expect(distances[1]).toBeGreaterThan(1.1);
  });
});

describe('the same face is recognised', () => {
  test.each([90, 180, 270])('in a photo that lies turned by %i degrees', async (angle) => {
    const turned = await only(await edited((photo) => photo.rotate(angle)));
    expect(distance(turned.embedding, face.embedding)).toBeLessThan(0.3);
  });

  test('in a photo sent on and on, each time recompressed', async () => {
    let photo: Buffer = await portrait();
    for (const quality of [70, 50, 30, 20]) photo = await sharp(photo).jpeg({ quality }).toBuffer();
    expect(distance((await only(photo)).embedding, face.embedding)).toBeLessThan(0.6);
  });

  test('in a copy a quarter as large', async () => {
    const small = await only(await edited((photo) => photo.resize(98)));
    expect(distance(small.embedding, face.embedding)).toBeLessThan(0.8);
  });

  test.each([90, 180, 270])('as is each of a group that lies turned by %i degrees', async (angle) => {
    const photo = await readFile(sample(5));
    const upright = await see(photo);
    const turned = await see(await sharp(photo).rotate(angle).jpeg().toBuffer());
    expect(turned.faces).toHaveLength(5);
    for (const { embedding } of turned.faces) {
      expect(Math.min(...upright.faces.map((other) => distance(embedding, other.embedding)))).toBeLessThan(0.6);
    }
  });

  test.each([30, 60, -45])('with the head tilted by %i degrees', async (angle) => {
    const tilted = await only(await edited((photo) => photo.rotate(angle, { background: '#777' })));
    expect(distance(tilted.embedding, face.embedding)).toBeLessThan(0.5);
  });

  test('in the dark', async () => {
    const dark = await only(await edited((photo) => photo.linear(0.15, 0)));
    expect(distance(dark.embedding, face.embedding)).toBeLessThan(0.7);
    expect(dark.quality.exposure).toBeLessThan(0.15);
  });

  test('dark before a bright window', async () => {
    const photo = await sharp(await portrait())
      .linear(0.15, 0)
      .png()
      .toBuffer();
    const backlit = await sharp(photo)
      .extend({ top: 200, left: 200, right: 200, background: '#fff' })
      .jpeg()
      .toBuffer();
    expect(distance((await only(backlit)).embedding, face.embedding)).toBeLessThan(0.7);
  });

  test('when it fills the frame', async () => {
    const [x, y, width, height] = face.box.map(Math.round);
    const region = { left: x ?? 0, top: y ?? 0, width: width ?? 0, height: height ?? 0 };
    const filling = await only(await edited((photo) => photo.extract(region)));
    expect(distance(filling.embedding, face.embedding)).toBeLessThan(0.7);
  });

  test('when it is a fortieth of the photo wide', async () => {
    const small = await sharp(await portrait())
      .resize(160)
      .png()
      .toBuffer();
    const room = { top: 1100, bottom: 1100, left: 1500, right: 1500, background: '#8a8' };
    const far = subjectOf(await see(await sharp(small).extend(room).jpeg().toBuffer()));
    expect(far && distance(far.embedding, face.embedding)).toBeLessThan(1);
  });

  test('beside one that lies on its side', async () => {
    const upright = await sharp(await portrait())
      .resize(400, 400)
      .png()
      .toBuffer();
    const lying = await sharp(upright).rotate(90).png().toBuffer();
    const pair = sharp({ create: { width: 900, height: 400, channels: 3, background: '#777' } });
    const photo = pair.composite([
      { input: upright, left: 0, top: 0 },
      { input: lying, left: 500, top: 0 },
    ]);
    const { faces } = await see(await photo.jpeg().toBuffer());
    expect(faces).toHaveLength(2);
    for (const { embedding } of faces) expect(distance(embedding, face.embedding)).toBeLessThan(0.6);
  });
});

describe('quality tells', () => {
  const quality = async (change: (photo: Sharp) => Sharp): Promise<Quality> =>
    (await only(await edited(change))).quality;

  test('a blurred face by its sharpness', async () => {
    expect((await quality((photo) => photo.blur(4))).sharpness).toBeLessThan(face.quality.sharpness / 3);
  });

  test('a small one by the distance of its eyes', async () => {
    const { eyeDistance } = await quality((photo) => photo.resize(98));
    expect(eyeDistance).toBeGreaterThan(face.quality.eyeDistance / 5);
    expect(eyeDistance).toBeLessThan(face.quality.eyeDistance / 3);
  });

  test('a bright one from a dark one by its exposure', async () => {
    const bright = await quality((photo) => photo.linear(1.2, 20));
    const dim = await quality((photo) => photo.linear(0.5, 0));
    expect(bright.exposure).toBeGreaterThan(face.quality.exposure);
    expect(dim.exposure).toBeLessThan(face.quality.exposure);
  });

  test('one turned away by its nose', async () => {
    // In sample 2 one woman shows her profile. In sample 1 all look ahead.
    const turns = async (number: number) =>
      (await see(await readFile(sample(number)))).faces.map((f) => f.quality.turn);
    expect(Math.max(...(await turns(2)))).toBeGreaterThan(0.45);
    expect(Math.max(...(await turns(1)))).toBeLessThan(0.45);
  });
});
