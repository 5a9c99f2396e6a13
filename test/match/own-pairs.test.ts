import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/evaluate/seeded.ts';
import { distanceBetween } from '../../src/match/distance.ts';
import { impostorCurve } from '../../src/match/impostors.ts';
import { matcher } from '../../src/match/matcher.ts';
import { chancesRestOn, MOST_COMPARED, ownPairs, rateInGroup, tableRate } from '../../src/match/own-pairs.ts';
import { crowd } from '../evaluate/synthetic.ts';

/** log10 FMR = 10 d² − 13: FMR is 1e-2 at d² = 1.1. */
const fmr = [
  [1e-1, Math.sqrt(1.2)],
  [1e-3, 1],
  [1e-6, Math.sqrt(0.7)],
] as const;
const { distanceAt } = impostorCurve(fmr);
const { powerIn } = matcher({ fmr, worstGroup: { power: 0.6 } }, { verification: 1.05 });

const people = (count: number, dims = 32) =>
  crowd({ people: count, photosEach: 1, dims, noise: 0 }, seeded(count)).subjects.map(
    (face) => face ?? new Float32Array(),
  );

describe('how near the people of a group are to each other', () => {
  test('is told by the distance that a hundredth of their pairs lie below, and 15 pairs at least', () => {
    for (const [count, near] of [
      [60, 0.01 * 1770],
      [20, 15],
      [10, 15],
    ] as const) {
      const faces = people(count);
      const own = ownPairs(faces);
      const distances = faces.flatMap((one, index) =>
        faces.slice(index + 1).map((other) => distanceBetween(one, other)),
      );
      expect(own?.people).toBe(count);
      expect(own?.share).toBeCloseTo(near / distances.length, 9);
      expect(distances.filter((distance) => distance < (own?.distance ?? 0))).toHaveLength(Math.floor(near));
    }
  });

  test('is not told of fewer than ten', () => {
    for (const count of [0, 1, 2, 9]) expect(ownPairs(people(count))).toBeUndefined();
  });

  test('is told by some, from the first to the last, where they are very many', () => {
    const [plain, alike] = [people(10 * MOST_COMPARED, 8), people(1, 8)[0] ?? new Float32Array()];
    expect(ownPairs(plain)?.people).toBe(MOST_COMPARED);
    // Half of the people look the same, and these came last.
    const own = ownPairs(plain.map((face, index) => (index < plain.length / 2 ? face : alike)));
    expect(own?.distance).toBe(0);
  });
});

describe('the power that makes the table true in a group', () => {
  const at = (rate: number, count: number) => ({ people: count, share: 0.01, distance: distanceAt(rate) });

  test('is that of the worst group measured for fewer than ten people', () => {
    expect(powerIn(undefined)).toBe(0.6);
    expect(chancesRestOn(undefined)).toBe('worst');
  });

  test('comes from the own pairs the more, the more there are', () => {
    // The table says that 1e-4 of the pairs come this near, and here one in a hundred does. So the
    // power is a half: 1e-4 to the power of 0.5 is 1e-2.
    const powers = [10, 20, 60, 256].map((count) => powerIn(at(1e-4, count)));
    expect(powers).toEqual(powers.toSorted((a, b) => b - a));
    expect(powers.at(0)).toBeGreaterThanOrEqual(0.57);
    expect(powers.at(-1)).toBe(0.5);
    expect([10, 19, 20].map((count) => chancesRestOn(at(1e-4, count)))).toEqual(['worst', 'worst', 'own']);
  });

  test('never makes anybody surer than the table does', () => {
    for (const far of [at(0.5, 256), { people: 256, share: 0.01, distance: 2 }]) expect(powerIn(far)).toBe(0.97);
    expect(powerIn({ people: 256, share: 0.01, distance: 0 })).toBeGreaterThan(0);
  });

  test('leaves room for two strangers with glasses, however different people look', () => {
    const rarest = tableRate(1e-3, powerIn(at(0.5, 256)));
    // Strangers with glasses come this near 2.3 times as often as all strangers do
    // (docs/models.md).
    expect((2.3 * rarest) / 1e-3).toBeLessThan(2);
  });

  test('adds the same factor to all that is rarer than 1 in 500, and no step', () => {
    const power = 0.78;
    const factor = rateInGroup(1e-5, power) / 1e-5;
    expect(rateInGroup(1e-8, power) / 1e-8).toBeCloseTo(factor, 9);
    expect(factor).toBeGreaterThan(1);
    expect(rateInGroup(0.01, power)).toBeCloseTo(0.01 ** power, 9);
    const rates = Array.from({ length: 200 }, (_, step) => 10 ** (-step / 25));
    const inGroup = rates.map((rate) => rateInGroup(rate, power));
    for (const [step, rate] of rates.entries()) {
      expect(tableRate(inGroup[step] ?? 0, power) / rate).toBeCloseTo(1, 9);
      expect((inGroup[step] ?? 0) / (inGroup[step + 1] ?? inGroup[step] ?? 1)).toBeLessThan(1.2);
    }
  });

  test('raises chances, and brings the distance of a chance nearer', () => {
    const { chance, distanceAtChance, judge } = matcher({ fmr }, { verification: 1.05 });
    const compared = { templates: 10, faces: 1 };
    expect(chance(1, { ...compared, power: 0.5 })).toBeCloseTo(1 - (1 - 1e-3 ** 0.5) ** 10, 9);
    const near = distanceAtChance(0.01, { ...compared, power: 0.5 });
    expect(chance(near, { ...compared, power: 0.5 })).toBeCloseTo(0.01, 9);
    expect(near).toBeLessThan(distanceAtChance(0.01, compared));
    const face = [{ distance: 0.98 }];
    expect(judge(face, compared).verdict).toBe('match');
    expect(judge(face, { ...compared, power: 0.5 }).verdict).not.toBe('match');
  });
});

test('strangers of a group of people who look alike come as near as is promised, and not only those of the world', () => {
  const random = seeded(5);
  // The faces of the world are random vectors. Those of the group are random vectors with a part in
  // common.
  const world = people(800, 64);
  const share = Math.sqrt(0.35);
  const common = people(1, 64)[0] ?? new Float32Array();
  const group = people(400, 64).map((face) => {
    const mixed = face.map((value, index) => share * (common[index] ?? 0) + Math.sqrt(1 - share ** 2) * value);
    const length = Math.hypot(...mixed);
    return mixed.map((value) => value / length);
  });
  const spread = world
    .flatMap((one, index) => world.slice(index + 1).map((other) => distanceBetween(one, other)))
    .sort();
  const table = [0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4].map(
    (rate) => [rate, spread[Math.floor(rate * spread.length)] ?? 0] as const,
  );
  const judge = matcher({ fmr: table, worstGroup: { power: 0.5 } }, { verification: 2 });
  const asked = { plain: 0, own: 0, all: 0 };
  for (let draw = 0; draw < 20; draw++) {
    const drawn = group
      .map((face) => ({ face, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ face }) => face);
    const [enrolled, strangers] = [drawn.slice(0, 60), drawn.slice(60)];
    const compared = { templates: 60, faces: 1 };
    const power = judge.powerIn(ownPairs(enrolled));
    for (const stranger of strangers) {
      const nearest = Math.min(...enrolled.map((one) => distanceBetween(one, stranger)));
      asked.all++;
      if (judge.chance(nearest, compared) <= 0.2) asked.plain++;
      if (judge.chance(nearest, { ...compared, power }) <= 0.2) asked.own++;
    }
  }
  expect(asked.plain / asked.all).toBeGreaterThan(0.5);
  expect(asked.own / asked.all).toBeLessThan(0.22);
});
