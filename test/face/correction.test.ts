import { describe, expect, test } from 'vitest';
import { manifestSchema } from '../../models/manifest.ts';
import { DEFAULT_PACK, describePack } from '../../models/pack.ts';
import { corrected, readCorrection, writtenCorrection } from '../../src/face/correction.ts';
import { unit } from '../evaluate/synthetic.ts';

describe('the correction of a vector', () => {
  const correction = { mean: Float32Array.of(0.1, 0, 0, 0), directions: [unit(0, 1, 0, 0), unit(0, 0, 1, 1)] };

  test('takes the mean off, and what lies in each direction, and has length 1', () => {
    const rest = corrected(Float32Array.of(0.5, 0.7, 0.3, 0.1), correction);
    const expected = unit(0.4, 0, 0.1, -0.1);
    for (const [i, v] of rest.entries()) expect(v).toBeCloseTo(expected[i] ?? 0, 5);
  });

  test('makes two people who share nothing but glasses strangers again', () => {
    const glasses = unit(0, 0, 1, 1);
    const [ann, bob] = [unit(1, 0, 0, 0), unit(0, 1, 0, 0)];
    const wearing = (who: Float32Array) => unit(...who.map((v, i) => v + 2 * (glasses[i] ?? 0)));
    const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);
    expect(cosine(wearing(ann), wearing(bob))).toBeGreaterThan(0.7);
    const without = { mean: new Float32Array(4), directions: [glasses] };
    expect(cosine(corrected(wearing(ann), without), corrected(wearing(bob), without))).toBeCloseTo(0, 5);
  });

  test('is the same after it was written to a manifest and read again', () => {
    const written = writtenCorrection(correction);
    const input = { name: 'x', width: 1, height: 1, layout: 'NCHW', channels: 'RGB', values: 'image' } as const;
    const embedder = { file: 'f', input, output: 'y', dims: 4, normalise: 'l2', correction: written } as const;
    expect(readCorrection(embedder)).toEqual(correction);
  });
});

describe('a manifest with a correction', () => {
  test('says so where it does not fit the vectors', async () => {
    const { manifest } = await describePack(DEFAULT_PACK, '/nowhere');
    const fits = (change: object) =>
      manifestSchema.safeParse({ ...manifest, embedder: { ...manifest.embedder, ...change } }).success;
    expect(fits({})).toBe(true);
    expect(manifest.embedder.correction?.directions).toHaveLength(4);
    expect(fits({ correction: { ...manifest.embedder.correction, mean: 'AAAA' } })).toBe(false);
    expect(fits({ normalise: 'none' })).toBe(false);
  });
});
