import { describe, expect, test } from 'vitest';
import { acceptances } from '../../src/evaluate/acceptance.ts';
import { compareAll } from '../../src/evaluate/pairs.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { crowd } from './synthetic.ts';

/** Twenty people with ten photos: 19,000 pairs of strangers, the nearest of which are listed. */
const photosOf = new Array<number>(20).fill(10);
const personOf = photosOf.flatMap((count, person) => new Array<number>(count).fill(person));
const nearest = Array.from({ length: 400 }, (_, rank) => ({
  distance: 0.5 + rank / 1000,
  a: (rank % 10) * 10,
  b: 190,
}));

describe('true-accept rates', () => {
  test('are the genuine pairs below the distance that so many strangers reach', () => {
    // 1e-2 of 19,000 are 190 pairs of strangers: the next pair is at 0.69. 1e-3 are 19: the next is
    // at 0.519.
    const genuine = [0.3, 0.5189, 0.519, 0.6, 0.6899, 0.69, 0.9, Number.POSITIVE_INFINITY].map((distance, person) => ({
      distance,
      person,
    }));
    const rates = acceptances({ genuine, nearest, personOf, photosOf }, [1e-2, 1e-3]);
    expect(rates.map(({ distance }) => distance)).toEqual([expect.closeTo(0.69, 9), expect.closeTo(0.519, 9)]);
    expect(rates.map(({ tar }) => tar)).toEqual([5 / 8, 2 / 8]);
  });

  test('are told only where at least one pair of strangers decides', () => {
    const genuine = [{ distance: 0.4, person: 0 }];
    const fmrs = acceptances({ genuine, nearest, personOf, photosOf }, [1e-2, 1e-4, 1e-5]).map(({ fmr }) => fmr);
    expect(fmrs).toEqual([1e-2, 1e-4]);
  });

  test('have intervals around them: narrower with more people, and the same in every run', () => {
    const measure = (people: number) => {
      const all = compareAll(...arrays(crowd({ people, photosEach: 4, dims: 16, noise: 0.55 }, seeded(people))));
      const [rate] = acceptances(all, [1e-2]);
      if (!rate) throw new Error('nothing measured');
      return rate;
    };
    const [few, many] = [measure(20), measure(150)];
    for (const { tar, low, high } of [few, many]) {
      expect(low).toBeLessThan(tar);
      expect(high).toBeGreaterThan(tar);
      expect(tar).toBeGreaterThan(0.3);
      expect(tar).toBeLessThan(0.95);
    }
    expect(many.high - many.low).toBeLessThan(few.high - few.low);
    expect(measure(20)).toEqual(few);
  });

  test('have intervals that cover the truth about as often as they say', () => {
    const truth = tarOf(1_500, 99);
    const covered = Array.from({ length: 25 }, (_, round) => {
      const all = compareAll(
        ...arrays(crowd({ people: 40, photosEach: 3, dims: 16, noise: 0.5 }, seeded(1000 + round))),
      );
      const [rate] = acceptances(all, [1e-2]);
      return rate !== undefined && rate.low <= truth && truth <= rate.high;
    }).filter(Boolean).length;
    expect(covered).toBeGreaterThanOrEqual(21);
  });
});

/** The true-accept rate at a false-match rate of 1e-2, from all pairs of so many people. */
function tarOf(people: number, seed: number): number {
  const all = compareAll(...arrays(crowd({ people, photosEach: 3, dims: 16, noise: 0.5 }, seeded(seed))));
  return all.genuine.filter(({ distance }) => distance <= all.impostors.distanceAt(1e-2)).length / all.genuine.length;
}

function arrays({ subjects, personOf }: ReturnType<typeof crowd>): Parameters<typeof compareAll> {
  return [subjects, personOf];
}
