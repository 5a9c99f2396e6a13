import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Faces } from '../../src/face/face.ts';
import { openFaces } from '../../src/face/pool.ts';
import { hostilePhotos, turnedByExif } from './hostile.ts';
import { fastPack, outcomeOf, overlap, portrait } from './samples.ts';

const hostile = await hostilePhotos();

let faces: Faces;
beforeAll(async () => {
  faces = await openFaces({ pack: await fastPack(), children: 2 });
});
afterAll(() => faces[Symbol.asyncDispose]());

describe('a photo made to harm or to confuse', () => {
  test.each(hostile)('$what: $expected', async ({ bytes, expected }) => {
    const seen = await outcomeOf(faces, bytes);
    expect(typeof seen === 'string' ? seen : seen.faces.length).toBe(expected);
  });

  test('in HEIC is refused by that name, so that its sender can be told what to do', async () => {
    const heic = hostile.find(({ what }) => what === 'a HEIC');
    await expect(faces.see(heic?.bytes ?? Buffer.alloc(0))).rejects.toMatchObject({ details: { heic: 1 } });
  });

  test('costs the next one nothing: it is seen as ever', async () => {
    const { length } = hostile.filter(({ expected }) => typeof expected === 'string');
    const sent = await Promise.all(hostile.map(({ bytes }) => outcomeOf(faces, bytes)));
    expect(sent.filter((seen) => typeof seen === 'string')).toHaveLength(length);
    expect((await faces.see(await portrait())).faces).toHaveLength(1);
  });
});

describe('a photo that a phone stored in another orientation', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('%i is seen upright', async (orientation) => {
    const { width, height, faces: upright } = await faces.see(await portrait());
    const turned = await faces.see(await turnedByExif(orientation));
    expect([turned.width, turned.height]).toEqual([width, height]);
    expect(overlap(turned.faces[0]?.box ?? [0, 0, 0, 0], upright[0]?.box ?? [0, 0, 0, 0])).toBeGreaterThan(0.9);
  });
});
