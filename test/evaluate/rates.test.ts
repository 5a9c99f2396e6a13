import { describe, expect, test } from 'vitest';
import { distributionOf } from '../../src/evaluate/distribution.ts';
import { foldAccuracy } from '../../src/evaluate/folds.ts';
import { detCurve, equalError } from '../../src/evaluate/rates.ts';
import { seeded } from '../../src/evaluate/seeded.ts';

const steps = (from: number, to: number, count: number) =>
  Array.from({ length: count }, (_, index) => from + ((to - from) * (index + 0.5)) / count);

describe('error rates', () => {
  // Genuine pairs are spread evenly from 0 to 1.2, impostors from 0.8 to 2. At a threshold of 1,
  // one in six of each is judged wrongly.
  const genuine = distributionOf(steps(0, 1.2, 12_000));
  const impostors = distributionOf(steps(0.8, 2, 12_000));

  test('are equal where the two curves cross', () => {
    const { rate, distance } = equalError(genuine, impostors);
    expect(rate).toBeCloseTo(1 / 6, 3);
    expect(distance).toBeCloseTo(1, 3);
  });

  test('make a DET curve: fewer false matches cost more missed pairs', () => {
    const curve = detCurve(genuine, impostors);
    for (const { distance, fmr, fnmr } of curve) {
      expect(fmr).toBeCloseTo((distance - 0.8) / 1.2, 3);
      expect(fnmr).toBeCloseTo(Math.max(0, (1.2 - distance) / 1.2), 3);
    }
    expect(curve[0]?.fmr).toBeCloseTo(0.5, 2);
    expect(curve.at(-1)?.fmr).toBeLessThan(2e-4);
    for (const [index, point] of curve.slice(1).entries()) {
      expect(point.fmr).toBeLessThan(curve[index]?.fmr ?? 0);
      expect(point.fnmr).toBeGreaterThanOrEqual(curve[index]?.fnmr ?? 1);
    }
  });

  test('never hide a pair whose photo shows no face', () => {
    const half = distributionOf([...steps(0, 0.5, 100), ...new Array<number>(100).fill(Number.POSITIVE_INFINITY)]);
    for (const { fnmr } of detCurve(half, impostors)) expect(fnmr).toBeGreaterThanOrEqual(0.5);
  });
});

describe('accuracy in ten folds', () => {
  test('is whole when a threshold parts the two kinds', () => {
    const result = foldAccuracy(steps(0, 0.9, 300), steps(1.1, 2, 300));
    expect(result).toMatchObject({ mean: 1, standardError: 0, folds: 10 });
    expect(result.distance).toBeGreaterThan(0.89);
    expect(result.distance).toBeLessThan(1.11);
  });

  test('judges each fold by the others’ threshold, so that it cannot fit itself', () => {
    // In nine folds the distance 1.0 separates the pairs. In the last fold, one person's pairs are
    // all beyond it.
    const genuine = [...new Array<number>(90).fill(0.5), ...new Array<number>(10).fill(1.6)];
    const impostor = new Array<number>(100).fill(1.5);
    expect(foldAccuracy(genuine, impostor).mean).toBeCloseTo(0.95, 9);
  });

  test('counts a pair without a face as wrong', () => {
    const genuine = [...steps(0, 0.9, 95), ...new Array<number>(5).fill(Number.POSITIVE_INFINITY)];
    expect(foldAccuracy(genuine, steps(1.1, 2, 100)).mean).toBeCloseTo(0.975, 9);
  });

  test('has a standard error that shrinks with the pairs', () => {
    const random = seeded(5);
    const noisy = (count: number, centre: number) => Array.from({ length: count }, () => centre + (random() - 0.5));
    const [few, many] = [100, 5_000].map((count) => foldAccuracy(noisy(count, 0.8), noisy(count, 1.3)));
    expect(many?.mean).toBeCloseTo(0.75, 1);
    expect(many?.standardError).toBeLessThan(few?.standardError ?? 0);
  });
});
