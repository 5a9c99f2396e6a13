import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Faces } from '../../src/face/face.ts';
import { openFaces } from '../../src/face/pool.ts';
import { badPhotos, clearCanary, payloadRan, readBadPhoto } from './bad-photos.ts';
import { fastPack, outcomeOf, overlap, portrait } from './samples.ts';

/** A busy machine is slower than the machine by which the limits were set. */
const PATIENCE = 4;

let faces: Faces;
beforeAll(async () => {
  await clearCanary();
  faces = await openFaces({ pack: await fastPack(), children: 2 });
});
afterAll(() => faces[Symbol.asyncDispose]());

describe.skipIf(badPhotos.length === 0)('a bad photo of the collection', () => {
  for (const photo of badPhotos) {
    const { file, what, expected, also, faces: count, upright, box, max_ms = 5000 } = photo;
    test(`${file} (${what}) is ${expected}`, { timeout: max_ms * PATIENCE }, async () => {
      const seen = await outcomeOf(faces, await readBadPhoto(photo));
      const answer = typeof seen === 'string' ? seen : seen.faces.length === 0 ? 'no_face' : 'ok';
      expect([expected, ...also]).toContain(answer);
      if (typeof seen === 'string') return;
      if (upright) expect([seen.width, seen.height]).toEqual(upright);
      if (answer === 'no_face') return;
      if (count !== undefined) expect(seen.faces).toHaveLength(count);
      if (box) expect(Math.max(...seen.faces.map((face) => overlap(face.box, box)))).toBeGreaterThanOrEqual(0.5);
    });
  }

  test('ran none of its payloads, and the next photo is seen as ever', async () => {
    expect(payloadRan()).toBe(false);
    expect((await faces.see(await portrait())).faces).toHaveLength(1);
  });
});
