import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findSubjects, nearestCentre } from '../../src/evaluate/subjects.ts';
import type { Box, Face, Seen } from '../../src/face/face.ts';
import { Failure } from '../../src/failure.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facefinder-subjects-'));
});
afterEach(() => rm(folder, { recursive: true }));

const face = (box: Box, value = 0): Face => ({
  box,
  score: 1,
  landmarks: [],
  quality: { eyeDistance: 50, margin: 1, sharpness: 100, turn: 0, exposure: 0.5, covered: [] },
  embedding: Float32Array.of(value),
});
const seen = (...faces: readonly Face[]): Seen => ({
  width: 200,
  height: 100,
  ms: { decode: 0, detect: 0, landmarks: 0, embed: 0 },
  faces,
  heads: faces,
  left: 0,
  frame: 0,
});

test('the subject of a photo is the face nearest its centre, not the largest', () => {
  const [large, central] = [face([0, 0, 90, 90]), face([85, 40, 20, 20])];
  expect(nearestCentre(seen(large, central))).toBe(central);
  expect(nearestCentre(seen())).toBeUndefined();
});

/** Stands for the pipeline. The photo's text says what is seen. */
async function see(photo: Uint8Array): Promise<Seen> {
  const text = Buffer.from(photo).toString();
  if (text === 'nobody') return seen();
  if (text === 'broken') throw new Failure('image_unreadable');
  if (text === 'text') throw new Failure('not_an_image');
  if (text === 'overfull') throw new Failure('busy');
  return seen(face([90, 40, 20, 20], Number(text)));
}

async function photosOf(...texts: readonly string[]) {
  return Promise.all(
    texts.map(async (text, index) => {
      const file = join(folder, String(index));
      await writeFile(file, text);
      return { file, name: String(index), person: 0 };
    }),
  );
}

test('subjects come in the order of the photos; those without a face or that are no image have none', async () => {
  const photos = await photosOf('1', 'nobody', '3', 'broken', '5', 'text', '7');
  const progress: number[] = [];
  const subjects = await findSubjects({ photos }, { see }, { atOnce: 3, onProgress: (done) => progress.push(done) });
  expect(subjects.map((subject) => subject?.embedding[0])).toEqual([1, undefined, 3, undefined, 5, undefined, 7]);
  expect(subjects[0]?.quality).toEqual(face([0, 0, 1, 1]).quality);
  expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('a failure that says nothing about the photo ends the measurement', async () => {
  const photos = await photosOf('1', 'overfull');
  await expect(findSubjects({ photos }, { see }, { atOnce: 1 })).rejects.toThrow('busy');
});
