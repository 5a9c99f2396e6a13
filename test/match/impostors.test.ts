import { describe, expect, test } from 'vitest';
import { type FmrTable, impostorCurve } from '../../src/match/impostors.ts';

/**
 * log10 FMR = 10 d² − 11: a straight line in d², so that every value between and beyond the rows is
 * known.
 */
const straight: FmrTable = [
  [1e-1, 1],
  [1e-2, Math.sqrt(0.9)],
  [1e-4, Math.sqrt(0.7)],
];

const measured: FmrTable = [
  [0.1, 1.3135],
  [0.01, 1.2212],
  [0.003, 1.1792],
  [0.001, 1.1435],
  [0.00001, 1.0146],
  [0.000003, 0.9851],
  [0.000001, 0.9604],
];

describe('an impostor table', () => {
  const { fmrAt, distanceAt } = impostorCurve(straight);

  test('gives its own rows back', () => {
    const curve = impostorCurve(measured);
    for (const [fmr, distance] of measured) {
      expect(curve.fmrAt(distance) / fmr).toBeCloseTo(1, 9);
      expect(curve.distanceAt(fmr)).toBeCloseTo(distance, 9);
    }
  });

  test('is linear in log FMR and squared distance between its rows', () => {
    expect(fmrAt(Math.sqrt(0.8))).toBeCloseTo(1e-3, 12);
    expect(fmrAt(Math.sqrt(0.95))).toBeCloseTo(10 ** -1.5, 9);
    expect(distanceAt(1e-3)).toBeCloseTo(Math.sqrt(0.8), 9);
  });

  test('goes on along its last slope below, down to distance 0', () => {
    expect(Math.log10(fmrAt(Math.sqrt(0.5)))).toBeCloseTo(-6, 9);
    expect(Math.log10(fmrAt(0))).toBeCloseTo(-11, 9);
    expect(distanceAt(1e-6)).toBeCloseTo(Math.sqrt(0.5), 9);
    expect(distanceAt(1e-30)).toBe(0);
  });

  test('goes on along its first slope above, up to 1 and never over it', () => {
    expect(fmrAt(Math.sqrt(1.05))).toBeCloseTo(10 ** -0.5, 9);
    expect(fmrAt(Math.sqrt(1.1))).toBeCloseTo(1, 9);
    expect(fmrAt(2)).toBe(1);
    expect(distanceAt(1)).toBeCloseTo(Math.sqrt(1.1), 9);
    expect(distanceAt(5)).toBeCloseTo(Math.sqrt(1.1), 9);
  });

  test('takes the slope of its tail over a decade, not over the last, noisiest step', () => {
    const noisy = impostorCurve([...measured.slice(0, 5), [0.000003, 0.9851], [0.0000029, 0.96]]);
    const [low, high] = [noisy.fmrAt(0.9), noisy.fmrAt(0.95)];
    expect(Math.log10(high / low)).toBeGreaterThan(0.4);
  });

  /**
   * log10 of the FMR at distance 0, on the line through the last row and row `begin`, where the
   * tail begins.
   */
  const atZero = (table: FmrTable, begin: number) => {
    const [from, last] = [table[begin], table.at(-1)].map((row) => ({
      log: Math.log10(row?.[0] ?? 1),
      squared: (row?.[1] ?? 0) ** 2,
    }));
    if (!from || !last) throw new Error('a table has rows');
    return last.log - (last.squared * (from.log - last.log)) / (from.squared - last.squared);
  };

  test.each<[string, FmrTable, number]>([
    [
      'the nearest row that is about a decade away',
      [
        [0.1, 1.2],
        [0.01, 1.1],
        [0.001, 1.0],
        [0.0005, 0.95],
      ],
      1,
    ],
    [
      'a row nine and a half times as common, which is about a decade',
      [
        [0.1, 1.2],
        [0.0095, 1.1],
        [0.001, 0.9],
      ],
      1,
    ],
    [
      'the first row of a table that spans less than a decade',
      [
        [0.1, 1],
        [0.06, 0.99],
        [0.05, 0.97],
      ],
      0,
    ],
  ])('begins its tail at %s', (_, table, begin) => {
    expect(Math.log10(impostorCurve(table).fmrAt(0))).toBeCloseTo(atZero(table, begin), 9);
  });

  test('never lets a nearer face be the commoner stranger, and inverts itself', () => {
    const curve = impostorCurve(measured);
    let before = 0;
    for (let distance = 0; distance <= 2; distance += 0.001) {
      const fmr = curve.fmrAt(distance);
      expect(fmr).toBeGreaterThanOrEqual(before * (1 - 1e-12));
      expect(fmr).toBeLessThanOrEqual(1);
      if (fmr < 1) expect(curve.distanceAt(fmr)).toBeCloseTo(distance, 6);
      before = fmr;
    }
  });

  test('errs towards a stranger when it is asked nonsense', () => {
    expect(fmrAt(Number.NaN)).toBe(1);
    expect(fmrAt(Number.POSITIVE_INFINITY)).toBe(1);
    expect(fmrAt(-1)).toBe(fmrAt(0));
    expect(distanceAt(Number.NaN)).toBe(0);
    expect(distanceAt(0)).toBe(0);
    expect(distanceAt(-1)).toBe(0);
  });

  test.each<[string, FmrTable]>([
    ['is empty', []],
    ['has one row', [[0.1, 1]]],
    [
      'rises in FMR',
      [
        [0.1, 1],
        [0.2, 0.9],
      ],
    ],
    [
      'rises in distance',
      [
        [0.1, 1],
        [0.01, 1.1],
      ],
    ],
    [
      'repeats a distance',
      [
        [0.1, 1],
        [0.01, 1],
      ],
    ],
    [
      'repeats an FMR',
      [
        [0.1, 1],
        [0.1, 0.9],
      ],
    ],
    [
      'begins with all strangers',
      [
        [1, 1],
        [0.1, 0.9],
      ],
    ],
    [
      'begins at the largest distance that there is',
      [
        [0.1, 2],
        [0.01, 0.9],
      ],
    ],
    [
      'holds a distance of 0',
      [
        [0.1, 1],
        [0.01, 0],
      ],
    ],
    [
      'holds an FMR of 0',
      [
        [0.1, 1],
        [0, 0.9],
      ],
    ],
    [
      'holds what is no number',
      [
        [0.1, 1],
        [0.01, Number.NaN],
      ],
    ],
  ])('is refused when it %s', (_, table) => {
    expect(() => impostorCurve(table)).toThrow(RangeError);
  });
});
