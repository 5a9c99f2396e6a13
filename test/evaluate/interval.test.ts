import { describe, expect, test } from 'vitest';
import { bootstrapped, noSurer } from '../../src/evaluate/interval.ts';
import { seeded } from '../../src/evaluate/seeded.ts';

describe('an interval', () => {
  /**
   * The interval for the share of people with a trait. Everybody has this many photos, which all
   * show the trait or all lack it.
   */
  const among = (has: readonly boolean[], photosEach: number) =>
    bootstrapped(has.length, (weights) => {
      let [held, all] = [0, 0];
      for (const [person, holds] of has.entries()) {
        all += photosEach * (weights[person] ?? 0);
        if (holds) held += photosEach * (weights[person] ?? 0);
      }
      return [held / all];
    })[0];

  test('grows no narrower by more photos of the same people, as those are alike', () => {
    const has = Array.from({ length: 40 }, (_, person) => person % 4 === 0);
    expect(among(has, 50)).toEqual(among(has, 1));
    expect(among(has, 1)?.share).toBe(0.25);
  });

  test('covers the truth about as often as it says', () => {
    const random = seeded(17);
    const covered = Array.from({ length: 100 }, () => {
      const one = among(
        Array.from({ length: 80 }, () => random() < 0.3),
        3,
      );
      return one !== undefined && one.low <= 0.3 && 0.3 <= one.high;
    }).filter(Boolean).length;
    expect(covered).toBeGreaterThanOrEqual(88);
  });

  test('leaves out replicates in which nobody was drawn who counts', () => {
    const [estimate] = bootstrapped(3, (weights) => [(weights[0] ?? 0) / (weights[0] ?? 0)]);
    expect(estimate).toEqual({ share: 1, low: 1, high: 1 });
  });

  test('is never narrower than the exact one of none or of all (Clopper and Pearson: 0 of 20 is up to 16.8 %)', () => {
    const [least, most] = [expect.closeTo(0.8316, 4), expect.closeTo(0.1684, 4)];
    expect(noSurer({ share: 0, low: 0, high: 0 }, 20)).toEqual({ share: 0, low: 0, high: most });
    expect(noSurer({ share: 0.05, low: 0, high: 0.12 }, 20)).toEqual({ share: 0.05, low: 0, high: most });
    expect(noSurer({ share: 1, low: 1, high: 1 }, 20)).toEqual({ share: 1, low: least, high: 1 });
    expect(noSurer({ share: 0, low: 0, high: 0 }, 0)).toEqual({ share: 0, low: 0, high: 1 });
    const between = { share: 0.5, low: 0.3, high: 0.7 };
    expect(noSurer(between, 20)).toEqual(between);
  });
});
