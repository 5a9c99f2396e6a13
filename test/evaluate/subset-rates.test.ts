import { describe, expect, test } from 'vitest';
import { compareAll } from '../../src/evaluate/pairs.ts';
import { photosByClass, type Qualities } from '../../src/evaluate/quality-classes.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { subsetRates } from '../../src/evaluate/subset-rates.ts';
import type { Quality } from '../../src/face/face.ts';
import { crowd, unit } from './synthetic.ts';

const GOOD: Quality = { eyeDistance: 50, margin: 1, sharpness: 300, turn: 0.1, exposure: 0.5, covered: [] };

describe('rates in groups of people', () => {
  // Two people with two photos each, and near each other. A third person with two photos, one of
  // them without a face. A fourth person with one photo.
  const subjects = [
    unit(1, 0, 0),
    unit(1, 0.1, 0),
    unit(1, 0.3, 0),
    unit(1, 0.4, 0),
    unit(0, 0, 1),
    undefined,
    unit(0, 1, 0),
  ];
  const personOf = [0, 0, 1, 1, 2, 2, 3];
  const groups = new Map([
    ['near', [0, 1]],
    ['far', [2, 3]],
  ]);
  const rates = subsetRates(
    compareAll(subjects, personOf),
    subjects,
    { promised: 0.001, distance: 0.5 },
    { groups, qualities: [] },
  );
  const [all, near, far] = rates.groups;

  test('count the people, the photos, and those without a face', () => {
    expect(rates.groups.map(({ name, people, photos, withoutFace }) => [name, people, photos, withoutFace])).toEqual([
      ['all', 4, 7, 1],
      ['near', 2, 4, 0],
      ['far', 2, 3, 1],
    ]);
  });

  test('are of the pairs in the group alone: of one person, and of two', () => {
    expect(all).toMatchObject({
      genuine: 3,
      impostors: 13,
      accepted: { share: 2 / 3 },
      falseMatches: { share: 4 / 13 },
    });
    expect(near).toMatchObject({ genuine: 2, impostors: 4, accepted: { share: 1 }, falseMatches: { share: 1 } });
    // A photo without a face counts as a missed genuine pair, and makes no pair of strangers.
    expect(far).toMatchObject({ genuine: 1, impostors: 1, accepted: { share: 0 }, falseMatches: { share: 0 } });
  });

  test('have intervals as wide as so few people need', () => {
    expect(near?.falseMatches).toEqual({ share: 1, low: expect.closeTo(0.025, 9), high: 1 });
    expect(far?.accepted).toEqual({ share: 0, low: 0, high: expect.closeTo(0.975, 9) });
  });

  test('tell no share of pairs that there are not', () => {
    const lone = subsetRates(
      compareAll([unit(1, 0)], [0]),
      [unit(1, 0)],
      { promised: 0.001, distance: 0.5 },
      { groups: new Map(), qualities: [] },
    );
    expect(lone.groups).toEqual([{ name: 'all', people: 1, photos: 1, withoutFace: 0, genuine: 0, impostors: 0 }]);
  });
});

test('in a crowd the rate of strangers is that of its table, with the truth within the interval', () => {
  const { subjects, personOf } = crowd({ people: 300, photosEach: 3, dims: 24, noise: 0.4 }, seeded(5));
  const all = compareAll(subjects, personOf);
  const distance = all.impostors.distanceAt(1e-3);
  const half = new Map([['half', Array.from({ length: 150 }, (_, person) => person)]]);
  const { groups } = subsetRates(all, subjects, { promised: 1e-3, distance }, { groups: half, qualities: [] });
  expect(groups[0]?.falseMatches?.share).toBeCloseTo(1e-3, 4);
  for (const { falseMatches } of groups) {
    expect(falseMatches?.low).toBeLessThan(1e-3);
    expect(falseMatches?.high).toBeGreaterThan(1e-3);
  }
});

describe('classes of quality', () => {
  test('begin with what is refused as a selfie, and hold every face once of each scale', () => {
    const small = { ...GOOD, eyeDistance: 15.9 };
    const edge: Quality = { eyeDistance: 16, margin: 1, sharpness: 8, turn: 0.85, exposure: 0.75, covered: [] };
    const dark: Quality = {
      eyeDistance: 200,
      margin: 1,
      sharpness: 7.9,
      turn: 0.86,
      exposure: 0.1,
      covered: ['mouth'],
    };
    const qualities: Qualities = [GOOD, small, edge, undefined, dark];
    const scales = photosByClass(qualities);
    for (const classes of scales) {
      expect(classes.flatMap(({ photos }) => [...photos]).toSorted()).toEqual([0, 1, 2, 4]);
    }
    const inClass = (name: string) => [...(scales.flat().find((one) => one.name === name)?.photos ?? [])];
    expect(inClass('eyes apart < 16 px, no selfie')).toEqual([1]);
    expect(inClass('sharpness < 8, no selfie')).toEqual([4]);
    expect(inClass('turn > 0.85, no selfie')).toEqual([4]);
    expect(inClass('eyes apart 16–24 px')).toEqual([2]);
    expect(inClass('turn 0.5–0.85')).toEqual([2]);
    expect(inClass('dark, exposure < 0.25')).toEqual([4]);
    expect(inClass('bright, exposure ≥ 0.75')).toEqual([2]);
    expect(inClass('eyes or mouth covered, no selfie')).toEqual([4]);
  });

  test('a pair of one person counts in that of the worse photo, a pair of strangers where both are in it', () => {
    const blurred = { ...GOOD, sharpness: 3 };
    const subjects = [unit(1, 0), unit(1, 0.1), unit(0, 1), unit(0.1, 1)];
    const { quality } = subsetRates(
      compareAll(subjects, [0, 0, 1, 1]),
      subjects,
      { promised: 0.001, distance: 0.5 },
      { groups: new Map(), qualities: [GOOD, blurred, GOOD, blurred] },
    );
    const rate = (name: string) => quality.find((one) => one.name === name);
    expect(rate('sharpness < 8, no selfie')).toMatchObject({
      photos: 2,
      genuine: 2,
      impostors: 1,
      accepted: { share: 1 },
    });
    expect(rate('sharpness ≥ 200')).toMatchObject({ photos: 2, genuine: 0, impostors: 1 });
    expect(rate('sharpness 8–50')).toBeUndefined();
    expect(rate('turn ≤ 0.25')).toMatchObject({ photos: 4, genuine: 2, impostors: 4 });
  });
});
