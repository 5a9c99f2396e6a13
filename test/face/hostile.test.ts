import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Box, Faces, Seen } from '../../src/face/face.ts';
import { openFaces } from '../../src/face/pool.ts';
import { Failure } from '../../src/failure.ts';
import { hostilePhotos, turnedByExif } from './hostile.ts';
import { defaultPack, overlap, portrait, shared } from './samples.ts';

interface BadPhoto {
  readonly file: string;
  readonly what: string;
  readonly expected: string;
  readonly also: readonly string[];
  readonly faces?: number;
  readonly upright?: readonly [width: number, height: number];
  readonly box?: Box;
}

const folder = shared('photos-bad');
const badPhotos: readonly BadPhoto[] = folder ? JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) : [];
const hostile = await hostilePhotos();
const CANARY = join(tmpdir(), 'facefinder-canary');

let faces: Faces;
beforeAll(async () => {
  await rm(CANARY, { force: true });
  faces = await openFaces({ pack: await defaultPack(), workers: 2 });
});
afterAll(() => faces[Symbol.asyncDispose]());

async function outcome(photo: Uint8Array): Promise<Seen | string> {
  try {
    return await faces.see(photo);
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

describe('a photo made to harm or to confuse', () => {
  test.each(hostile)('$what: $expected', async ({ bytes, expected }) => {
    const seen = await outcome(bytes);
    expect(typeof seen === 'string' ? seen : seen.faces.length).toBe(expected);
  });

  test('in HEIC is refused by that name, so that its sender can be told what to do', async () => {
    const heic = hostile.find(({ what }) => what === 'a HEIC');
    await expect(faces.see(heic?.bytes ?? Buffer.alloc(0))).rejects.toMatchObject({ details: { heic: 1 } });
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

describe.skipIf(!folder)('a bad photo of the collection', () => {
  test.each(badPhotos)('$file ($what) is $expected', async ({ file, expected, also, faces: count, upright, box }) => {
    const seen = await outcome(await readFile(join(folder ?? '', file)));
    const answer = typeof seen === 'string' ? seen : seen.faces.length === 0 ? 'no_face' : 'ok';
    expect([expected, ...also]).toContain(answer);
    if (typeof seen === 'string' || answer === 'no_face') return;
    if (count !== undefined) expect(seen.faces).toHaveLength(count);
    if (upright) expect([seen.width, seen.height]).toEqual(upright);
    if (box) expect(Math.max(...seen.faces.map((face) => overlap(face.box, box)))).toBeGreaterThanOrEqual(0.5);
  });

  test('has run nothing', () => {
    expect(existsSync(CANARY)).toBe(false);
  });
});
