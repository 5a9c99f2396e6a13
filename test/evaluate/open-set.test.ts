import { expect, test } from 'vitest';
import { impostorTable } from '../../src/evaluate/calibration.ts';
import { distributionOf } from '../../src/evaluate/distribution.ts';
import { openSet } from '../../src/evaluate/open-set.ts';
import { compareAll } from '../../src/evaluate/pairs.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { matcher } from '../../src/match/matcher.ts';
import { crowd } from './synthetic.ts';

const { subjects, personOf } = crowd({ people: 400, photosEach: 5, dims: 32, noise: 0.5 }, seeded(11));
const fmr = impostorTable(compareAll(subjects, personOf).impostors);
const judge = matcher({ fmr }, { verification: 2 });

test('a gallery names the share of strangers that was promised, and finds the enrolled', () => {
  const result = openSet(subjects, personOf, judge);
  if (!result) throw new Error('nobody enrolled');
  expect(result).toMatchObject({ enrolled: 200, templates: 600, probes: 400, strangers: 1000 });
  const { strangersMatched, strangersNamed, strangersSimilar, probesMatched, probesNamed, probesMistaken } =
    result.verdicts;
  expect(strangersMatched).toBeLessThan(0.02);
  expect(strangersNamed).toBeLessThan(0.02);
  expect(strangersSimilar).toBeGreaterThan(0.05);
  expect(strangersSimilar).toBeLessThan(0.25);
  expect(probesMatched).toBeGreaterThan(0.5);
  expect(probesNamed).toBeGreaterThanOrEqual(probesMatched);
  expect(probesMistaken).toBeLessThan(0.01);
});

test('fewer strangers found cost more of the enrolled missed', () => {
  const points = openSet(subjects, personOf, judge)?.points ?? [];
  expect(points.map(({ fpir }) => fpir)).toEqual([0.1, 0.01, 0.003, 0.001]);
  const [loose, strict] = [points[0], points[3]];
  expect(strict?.distance).toBeLessThan(loose?.distance ?? 0);
  expect(strict?.fnir).toBeGreaterThan(loose?.fnir ?? 1);
});

test('a probe without a face is missed; a stranger without one does not count', () => {
  const whole = openSet(subjects, personOf, judge);
  // Photo 4 is a probe of person 0, who is enrolled. Photo 5 is of person 1, a stranger.
  const lost = subjects.map((subject, photo) => (photo === 4 || photo === 5 ? undefined : subject));
  const result = openSet(lost, personOf, judge);
  expect(result?.probes).toBe(whole?.probes);
  expect(result?.strangers).toBe(999);
  expect(result?.verdicts.probesNamed).toBeCloseTo((whole?.verdicts.probesNamed ?? 0) - 1 / 400, 9);
});

test('somebody enrolled under another name is not counted as a stranger who was found', () => {
  const twins = [...subjects, ...subjects.slice(0, 5)];
  const people = [...personOf, ...new Array<number>(5).fill(400)];
  const same = new Map([
    [0, new Set([400])],
    [400, new Set([0])],
  ]);
  const [blamed, excused] = [openSet(twins, people, judge), openSet(twins, people, judge, same)];
  // Person 400 has an even number, so is enrolled too: the first person's probes find them.
  expect(blamed?.verdicts.probesMatched).toBeLessThan(excused?.verdicts.probesMatched ?? 0);
});

test('nobody can be enrolled from people of three photos', () => {
  expect(openSet(subjects.slice(0, 9), [0, 0, 0, 1, 1, 1, 2, 2, 2], judge)).toBeUndefined();
});

test('a table needs enough pairs for each of its rows', () => {
  const strangers = (count: number) => distributionOf(Array.from({ length: count }, (_, index) => 1 + index / count));
  expect(impostorTable(strangers(1_000)).map(([rate]) => rate)).toEqual([0.1, 0.03, 0.01]);
  expect(impostorTable(strangers(1_000))[0]?.[1]).toBeCloseTo(1.1, 3);
  expect(() => impostorTable(strangers(300))).toThrow('300 pairs');
});
