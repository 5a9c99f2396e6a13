import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PACK, describePack } from '../../models/pack.ts';
import type { Copied } from '../../src/evaluate/defect-copies.ts';
import { defectRates } from '../../src/evaluate/defect-rates.ts';
import { DEFECTS, type Defect, withDefect } from '../../src/evaluate/defects.ts';
import { learnCorrection } from '../../src/evaluate/learn-correction.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { corrected } from '../../src/face/correction.ts';
import { crowd, unit } from './synthetic.ts';

const DIMS = 32;

/**
 * People with two photos each, and a copy of the first photo with each defect. A defect adds the
 * same vector to every embedding.
 */
function copiedCrowd(people: number, strength: number) {
  const random = seeded(people);
  const everybody = crowd({ people, photosEach: 2, dims: DIMS, noise: 0.3 }, random);
  const added = DEFECTS.map(() => unit(...Array.from({ length: DIMS }, () => random() - 0.5)));
  const copied = Array.from({ length: people }, (_, person): Copied => {
    const clean = everybody.subjects[2 * person] as Float32Array;
    const copies = DEFECTS.map((defect, index) => {
      const embedding = unit(...clean.map((v, i) => v + strength * (added[index]?.[i] ?? 0)));
      return [defect, { embedding, isSelfie: defect !== 'blur' }] as const;
    });
    return { person, photo: 2 * person, clean, copies: new Map(copies) };
  });
  return { ...everybody, copied };
}

describe('a correction that was learned from copies', () => {
  const { copied } = copiedCrowd(200, 1.5);
  const correction = learnCorrection(copied);

  test('has four directions, at right angles to each other', () => {
    const { directions } = correction;
    const products = directions.map((a) => directions.map((b) => a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0)));
    expect(directions).toHaveLength(4);
    products.forEach(
      (row, a) => void row.forEach((product, b) => void expect(product).toBeCloseTo(a === b ? 1 : 0, 5)),
    );
  });

  test('brings copies nearer to the photos that they were made of', () => {
    const after = copied.map(({ clean, copies }) => {
      const copy = copies.get('mask')?.embedding as Float32Array;
      const [a, b] = [corrected(clean, correction), corrected(copy, correction)];
      return [distance(clean, copy), distance(a, b)] as const;
    });
    expect(after.filter(([before, now]) => now < before).length).toBeGreaterThan(0.95 * copied.length);
  });

  test('is the same each time, and wants faces', () => {
    expect(learnCorrection(copied)).toEqual(correction);
    expect(() => learnCorrection([])).toThrow(RangeError);
  });
});

const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((v, i) => v - (b[i] ?? 0)));

describe('what is said of a defect', () => {
  test('is how often strangers who share it come near, and how often one who has it is found', () => {
    const { copied, subjects, personOf } = copiedCrowd(120, 1.5);
    const rates = defectRates(copied, { subjects, personOf, same: new Map() }, 1);
    expect(rates.map(({ defect }) => defect)).toEqual([...DEFECTS]);
    for (const { defect, people, found, selfies, both, one, accepted } of rates) {
      expect([people, found, selfies]).toEqual([120, 1, defect === 'blur' ? 0 : 1]);
      expect(both.share).toBeGreaterThan(0.9);
      expect(one.share).toBeLessThan(0.2);
      expect(accepted?.share).toBeGreaterThan(one.share);
    }
  });

  test('leaves out pairs that may be one person', () => {
    const { copied, subjects, personOf } = copiedCrowd(2, 1.5);
    const same = new Map([0, 1].map((person) => [person, new Set([1 - person])]));
    const [rate] = defectRates(copied, { subjects, personOf, same }, 2);
    expect([rate?.both.share, rate?.one.share]).toEqual([0, 0]);
  });
});

test('a copy has the defect where the face is, and the rest of the photo as it was', async () => {
  const { manifest } = await describePack(DEFAULT_PACK, '/nowhere');
  const folder = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');
  const photo = await sharp(await readFile(join(folder, 'sample1.jpg')))
    .resize(400, 400, { fit: 'cover' })
    .jpeg()
    .toBuffer();
  // The eyes are 40 pixels apart. All other points are in the middle of the photo, between the
  // eyes.
  const landmarks = Array.from({ length: 68 }, () => [200, 200] as [number, number]);
  const put = (indices: readonly number[], at: [number, number]) => {
    for (const i of indices) landmarks[i] = at;
  };
  put(manifest.points[0], [180, 200]);
  put(manifest.points[1], [220, 200]);
  const pixels = (picture: Uint8Array) => sharp(picture).removeAlpha().raw().toBuffer();
  const before = await pixels(photo);
  const changeAt = async (defect: Defect, [x, y]: readonly [number, number]) => {
    const after = await pixels(
      await withDefect({ photo, width: 400, height: 400, face: { landmarks } }, defect, manifest.points, seeded(3)),
    );
    let sum = 0;
    for (let dy = -4; dy < 4; dy++) {
      for (let dx = -4; dx < 4; dx++) {
        const at = ((y + dy) * 400 + x + dx) * 3;
        for (let c = 0; c < 3; c++) sum += Math.abs((after[at + c] ?? 0) - (before[at + c] ?? 0));
      }
    }
    return sum / (8 * 8 * 3);
  };
  const [eye, mouth, corner] = [
    [180, 198],
    [200, 240],
    [20, 20],
  ] as const;
  expect(await changeAt('sunglasses', eye)).toBeGreaterThan(20);
  expect(await changeAt('mask', mouth)).toBeGreaterThan(20);
  for (const defect of ['glasses', 'sunglasses', 'mask'] as const)
    expect(await changeAt(defect, corner)).toBeLessThan(6);
  expect(await changeAt('dark', corner)).toBeGreaterThan(20);
});
