import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Faces, PASSED_ON_SIDE, SURE_HEAD } from '../../src/face/face.ts';
import { openFaces } from '../../src/face/pool.ts';
import { distance, fastPack, overlap, SAMPLE_FACES, sample } from './samples.ts';

let faces: Faces;
beforeAll(async () => {
  faces = await openFaces({ pack: await fastPack(), children: 1 });
});
afterAll(() => faces[Symbol.asyncDispose]());

const ofSample = (number: number) => readFile(sample(number));

test('heads are where the faces are, and nothing is told of them but their place', async () => {
  for (const [index, count] of SAMPLE_FACES.entries()) {
    const photo = await ofSample(index + 1);
    const seen = await faces.see(photo);
    const { heads, ...rest } = await faces.heads(photo);
    expect(Object.keys(rest).toSorted()).toEqual(['frame', 'height', 'width']);
    for (const head of heads) expect(Object.keys(head).toSorted()).toEqual(['box', 'score']);
    expect(heads.filter(({ score }) => score >= SURE_HEAD).length).toBeGreaterThanOrEqual(count);
    for (const face of seen.faces) {
      expect(Math.max(...heads.map(({ box }) => overlap(box, face.box)))).toBeGreaterThan(0.99);
    }
    expect(seen.heads).toEqual(heads);
  }
});

test('heads of 24 pixels are found too', async () => {
  const photo = await ofSample(6);
  const longest = Math.max(
    ...(await faces.see(photo)).faces.map(({ box: [, , width, height] }) => Math.max(width, height)),
  );
  const { width = 0 } = await sharp(photo).metadata();
  const small = await sharp(photo)
    .resize(Math.round((width * 26) / longest))
    .jpeg({ quality: 90 })
    .toBuffer();
  const { heads } = await faces.heads(small);
  expect(heads.filter(({ score }) => score >= SURE_HEAD).length).toBeGreaterThanOrEqual(SAMPLE_FACES[5] ?? 0);
});

test('a copy to be passed on is larger than one that is shown, and without what the camera wrote', async () => {
  const photo = await sharp(await ofSample(6))
    .resize(3_000)
    .withExif({ IFD0: { Make: 'Camera' }, IFD3: { GPSAltitude: '9/1' } })
    .jpeg()
    .toBuffer();
  const { width, exif, icc, xmp } = await sharp(await faces.draw(photo, [], { side: PASSED_ON_SIDE })).metadata();
  expect([width, exif, icc, xmp]).toEqual([PASSED_ON_SIDE, undefined, undefined, undefined]);
});

test('with all heads blurred nobody is recognised on the copy', async () => {
  for (const number of [3, 5, 6]) {
    const photo = await ofSample(number);
    const seen = await faces.see(photo);
    const marks = seen.heads.map(({ box }) => ({ box, number: 0, tone: 'blur' as const }));
    const ghosts = (await faces.see(await faces.draw(photo, marks, { side: PASSED_ON_SIDE }))).faces;
    for (const ghost of ghosts) {
      for (const face of seen.faces) expect(distance(ghost.embedding, face.embedding)).toBeGreaterThan(1.15);
    }
  }
});
