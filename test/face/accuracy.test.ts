import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Box } from '../../src/face/face.ts';
import { openPipeline, type See } from '../../src/face/pipeline.ts';
import { defaultPack, distance, overlap, shared, subjectOf } from './samples.ts';

const people = shared('faces');
const groups = shared('faces-groups');

interface Labelled {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly { readonly box: Box; readonly person: string | null }[];
}

const labels: Readonly<Record<string, Labelled>> = groups
  ? JSON.parse(await readFile(join(groups, 'labels.json'), 'utf8'))
  : {};

/** The largest distance at which two faces count as the same, for a false-match rate of 1e-4. */
const SAME = 1.073;

let see: See;
beforeAll(async () => {
  ({ see } = await openPipeline(await defaultPack()));
});

describe.skipIf(!people)('on ten photos each of ten people', () => {
  const photos: { person: string; bytes: Buffer }[] = [];
  const embeddings: { person: string; embedding: Float32Array }[] = [];

  beforeAll(async () => {
    for (const person of await readdir(people ?? '')) {
      if (person.endsWith('.md')) continue;
      for (const file of await readdir(join(people ?? '', person))) {
        photos.push({ person, bytes: await readFile(join(people ?? '', person, file)) });
      }
    }
  });

  test('every subject is found', async () => {
    for (const { person, bytes } of photos) {
      const subject = subjectOf(await see(bytes));
      if (subject) embeddings.push({ person, embedding: subject.embedding });
    }
    expect(embeddings).toHaveLength(100);
  });

  test('at a false-match rate of 1e-3, at least 99 of 100 pairs of one person match', () => {
    const genuine: number[] = [];
    const impostors: number[] = [];
    for (const [i, p] of embeddings.entries()) {
      for (const q of embeddings.slice(i + 1)) {
        (p.person === q.person ? genuine : impostors).push(distance(p.embedding, q.embedding));
      }
    }
    expect([genuine.length, impostors.length]).toEqual([450, 4500]);
    const threshold = impostors.toSorted((p, q) => p - q)[Math.floor(impostors.length * 1e-3)] ?? 0;
    expect(genuine.filter((d) => d < threshold).length / genuine.length).toBeGreaterThanOrEqual(0.99);
  });

  test.each([90, 180, 270])('each still matches itself when its photo lies turned by %i degrees', async (angle) => {
    for (const [i, { bytes }] of photos.entries()) {
      const turned = subjectOf(await see(await sharp(bytes).rotate(angle).png().toBuffer()));
      const upright = embeddings[i]?.embedding;
      expect(turned && upright ? distance(turned.embedding, upright) : Infinity).toBeLessThan(SAME);
    }
  });
});

describe.skipIf(!groups)('in group photographs', () => {
  test.each(Object.entries(labels))('%s, every labelled face is found', async (file, { width, height, faces }) => {
    const seen = await see(await readFile(join(groups ?? '', file)));
    expect([seen.width, seen.height]).toEqual([width, height]);
    for (const { box } of faces) {
      expect(Math.max(...seen.faces.map((face) => overlap(face.box, box)))).toBeGreaterThanOrEqual(0.5);
    }
    expect(seen.faces).toHaveLength(faces.length);
  });

  test('each named face is nearest to a crop of that person, and all but one no farther than 1.1', async () => {
    const crops: { person: string; embedding: Float32Array }[] = [];
    for (const person of await readdir(join(groups ?? '', 'people'))) {
      for (const file of await readdir(join(groups ?? '', 'people', person))) {
        const subject = subjectOf(await see(await readFile(join(groups ?? '', 'people', person, file))));
        if (subject) crops.push({ person, embedding: subject.embedding });
      }
    }
    const distances: number[] = [];
    for (const [file, { faces }] of Object.entries(labels)) {
      const seen = await see(await readFile(join(groups ?? '', file)));
      for (const { box, person } of faces.filter((face) => face.person !== null)) {
        const face = seen.faces.toSorted((p, q) => overlap(q.box, box) - overlap(p.box, box))[0];
        const ranked = crops
          .map((crop) => ({ ...crop, d: face ? distance(face.embedding, crop.embedding) : Infinity }))
          .toSorted((p, q) => p.d - q.d);
        expect(ranked[0]).toMatchObject({ person });
        distances.push(ranked[0]?.d ?? Infinity);
      }
    }
    // One may be farther, because the photo's edge cuts a head off.
    expect(distances.filter((d) => d >= 1.1).length).toBeLessThanOrEqual(1);
  });
});
