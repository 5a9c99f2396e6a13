import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/evaluate/seeded.ts';
import { type FmrTable, impostorCurve } from '../../src/match/impostors.ts';
import { matcher } from '../../src/match/matcher.ts';

/** log10 FMR = 10 d² − 13: FMR is 1e-3 at d = 1, and a decade is 0.1 of d². */
const fmr: FmrTable = [
  [1e-1, Math.sqrt(1.2)],
  [1e-3, 1],
  [1e-6, Math.sqrt(0.7)],
];
const { distanceAt } = impostorCurve(fmr);
const { judge, sameFace, nearlySame, samePerson, chance, distanceAtChance } = matcher({ fmr }, { verification: 1.05 });

/** People at the distances that these shares of strangers reach. */
const at = (...fmrs: number[]) => fmrs.map((rate, index) => ({ name: `p${index}`, distance: distanceAt(rate) }));
const verdicts = (candidates: { distance: number }[], templates: number, faces = 1) =>
  judge(candidates, { templates, faces }).matches.map((match) => match.verdict);
/** How many look similar and are not named. */
const similar = (candidates: { distance: number }[], templates: number, faces = 1) =>
  judge(candidates, { templates, faces }).similar.length;

describe('a face among 10 templates', () => {
  test('is a match when a stranger that close is 1 in 200', () => {
    const { verdict, matches } = judge(at(5e-4), { templates: 10, faces: 1 });
    expect(verdict).toBe('match');
    expect(matches[0]?.candidate.name).toBe('p0');
    // d = 0.985 is shown as 1.00, where FMR is 1e-3. With ten templates the chance is 0.01.
    expect(matches[0]?.chance).toBe(0.01);
  });

  test('is possible, and nobody is named, when a stranger that close is 1 in 10', () => {
    const judged = judge(at(0.01), { templates: 10, faces: 1 });
    expect(judged).toMatchObject({ verdict: 'possible', matches: [], similar: [{ name: 'p0' }] });
  });

  test('is named as possible where it would be a match by itself, and is one of many', () => {
    const { verdict, matches } = judge(at(5e-4), { templates: 10, faces: 20 });
    expect(verdict).toBe('possible');
    // d = 0.985 is shown as 1.00, where FMR is 1e-3. With 200 comparisons the chance is 0.18, shown
    // as 0.2.
    expect(matches).toMatchObject([{ candidate: { name: 'p0' }, verdict: 'possible', chance: 0.2 }]);
    expect(judge(at(11e-4), { templates: 10, faces: 15 })).toMatchObject({ verdict: 'possible', matches: [] });
  });

  test('is unknown when a stranger that close is 1 in 3', () => {
    expect(judge(at(0.04), { templates: 10, faces: 1 })).toMatchObject({
      verdict: 'unknown',
      matches: [],
      similar: [],
    });
  });

  test('is unknown in an empty gallery', () => {
    expect(judge([], { templates: 0, faces: 1 })).toEqual({
      verdict: 'unknown',
      matches: [],
      similar: [],
      near: [],
    });
  });

  test('is unknown when a distance is no number', () => {
    expect(judge([{ distance: Number.NaN }], { templates: 10, faces: 1 }).verdict).toBe('unknown');
  });
});

test('the same distance is a match among few, similar among more, unknown among many', () => {
  const candidates = at(1e-4);
  expect(verdicts(candidates, 100)).toEqual(['match']);
  expect([verdicts(candidates, 1_000), similar(candidates, 1_000)]).toEqual([[], 1]);
  expect([verdicts(candidates, 10_000), similar(candidates, 10_000)]).toEqual([[], 0]);
});

test('ten faces in the answer weigh like ten times the gallery', () => {
  const candidates = at(5e-4);
  expect(verdicts(candidates, 10, 1)).toEqual(['match']);
  expect(verdicts(candidates, 10, 10)).toEqual(['possible']);
  expect(chance(1, { templates: 3, faces: 40 })).toBe(chance(1, { templates: 120, faces: 1 }));
});

test('beyond the verification threshold nobody is possible, however small the gallery', () => {
  const far = [{ distance: 1.06 }];
  expect(matcher({ fmr }, { verification: 1.07 }).judge(far, { templates: 2, faces: 1 }).verdict).toBe('possible');
  expect(judge(far, { templates: 2, faces: 1 }).verdict).toBe('unknown');
  expect(judge([{ distance: 1.05 }], { templates: 2, faces: 1 }).verdict).toBe('possible');
});

describe('a runner-up', () => {
  test('that is as close as the best makes both possible: one of the two must be a stranger', () => {
    expect(verdicts(at(1e-6, 1e-6), 10)).toEqual(['possible', 'possible']);
  });

  test('is too close while it is right more than once in a hundred', () => {
    expect(verdicts(at(1e-6, 98e-6), 10)).toEqual(['possible', 'possible']);
    expect(verdicts(at(1e-6, 100e-6), 10)).toEqual(['match']);
  });

  test('does not spoil the match when they alone would be unknown', () => {
    expect([verdicts(at(9e-4, 0.03), 10), similar(at(9e-4, 0.03), 10)]).toEqual([['match'], 0]);
    expect([verdicts(at(9e-4, 0.01), 10), similar(at(9e-4, 0.01), 10)]).toEqual([['possible'], 1]);
  });

  test('is not named beside a clear one: a face is one person', () => {
    expect([verdicts(at(1e-9, 1e-5, 1e-5), 10), similar(at(1e-9, 1e-5, 1e-5), 10)]).toEqual([['match'], 2]);
    expect(verdicts(at(1e-6, 2e-6, 1e-5, 1e-3), 10)).toEqual(['possible', 'possible', 'possible']);
  });
});

test('at most three people are named for one face', () => {
  expect(judge(at(1e-5, 1e-5, 1e-5, 1e-5), { templates: 10, faces: 1 }).matches).toHaveLength(3);
});

describe('what is shown', () => {
  test('is the distance to 0.05 and the chance of that rounded distance, in few steps, so that nobody can climb hills', () => {
    const compared = { templates: 1_000, faces: 1 };
    const show = (distance: number) => judge([{ distance }], compared).matches[0];
    expect(show(0.8312)?.distance).toBe(0.85);
    expect(show(0.8312)?.chance).toBe(show(0.8688)?.chance);
    // FMR 10^(10 · 0.85² − 13) = 1.68e-6, for a thousand comparisons.
    expect(show(0.8312)?.chance).toBe(0.002);
    expect(judge([{ distance: 0.3 }], { templates: 1, faces: 1 }).matches[0]?.chance).toBe(1e-4);
  });

  test('never contradicts its verdict, which comes from the exact distance', () => {
    const random = seeded(7);
    for (let round = 0; round < 2_000; round++) {
      const templates = 1 + Math.floor(random() * 2_000);
      const distance = 0.5 + random() * 0.7;
      const exact = chance(distance, { templates, faces: 1 });
      const { verdict, matches } = judge([{ distance }], { templates, faces: 1 });
      expect(verdict).toBe(exact <= 0.01 ? 'match' : exact <= 0.2 && distance <= 1.05 ? 'possible' : 'unknown');
      if (verdict === 'match') expect(matches[0]?.chance).toBeLessThanOrEqual(0.01);
      if (verdict === 'possible') expect(matches).toEqual([]);
    }
  });
});

describe('an answer tells something', () => {
  const near = (distance: number) => judge([{ distance }], { templates: 10, faces: 1 }).near;

  test('about people who are named: next to nothing when it could hardly be otherwise', () => {
    expect(near(0.5)).toEqual([{ candidate: { distance: 0.5 }, isClear: true }]);
    // The largest distance of a match is 1.00.
    expect(near(0.89)).toMatchObject([{ isClear: true }]);
    expect(near(0.91)).toMatchObject([{ isClear: false }]);
    expect(near(1.04)).toMatchObject([{ isClear: false }]);
  });

  test('about people who were nearly named, and about nobody further away', () => {
    expect(judge([{ distance: 1.14 }], { templates: 10, faces: 1 }).verdict).toBe('unknown');
    expect(near(1.14)).toMatchObject([{ isClear: false }]);
    expect(near(1.16)).toEqual([]);
  });
});

test('strangers are taken for a match about once in a hundred photos, and named in one of five, as promised', () => {
  const random = seeded(42);
  const anyDistance = matcher({ fmr }, { verification: 2 });
  const photos = 20_000;
  for (const [templates, faces] of [
    [40, 1],
    [15, 4],
  ] as const) {
    let named = 0;
    let matched = 0;
    for (let photo = 0; photo < photos; photo++) {
      const verdictsOfPhoto = Array.from({ length: faces }, () => {
        const strangers = Array.from({ length: templates }, () => ({ distance: distanceAt(random()) }));
        strangers.sort((a, b) => a.distance - b.distance);
        return anyDistance.judge(strangers, { templates, faces }).verdict;
      });
      if (verdictsOfPhoto.some((verdict) => verdict !== 'unknown')) named++;
      if (verdictsOfPhoto.includes('match')) matched++;
    }
    expect(named / photos).toBeCloseTo(0.2, 1);
    expect(Math.abs(named / photos - 0.2)).toBeLessThan(0.01);
    expect(matched / photos).toBeLessThan(0.0115);
    expect(matched / photos).toBeGreaterThan(0.006);
  }
});

describe('MATCH_DISTANCE', () => {
  const plain = matcher({ fmr }, { verification: 1.05, matchDistance: 1.05 });

  test('says match at or below it and unknown above, whatever the gallery', () => {
    const at105 = plain.judge([{ distance: 1.05 }], { templates: 100_000, faces: 9 });
    expect(at105.verdict).toBe('match');
    expect(at105.matches[0]?.chance).toBeCloseTo(1, 6);
    expect(plain.judge([{ distance: 1.0501 }], { templates: 1, faces: 1 }).verdict).toBe('unknown');
  });

  test('leaves the question whether a face is already enrolled to chances', () => {
    expect(plain.sameFace(1.05)).toBe(false);
  });
});

test('a face counts as already enrolled when one stranger in 100,000 is that close, however large the group', () => {
  expect(sameFace(distanceAt(9e-6))).toBe(true);
  expect(sameFace(distanceAt(1.1e-5))).toBe(false);
  expect(sameFace(Number.NaN)).toBe(false);
});

test('whether a face is enrolled is a narrow question only near where the answer changes', () => {
  const limit = distanceAt(1e-5);
  expect(nearlySame(limit - 0.11)).toBe('clear');
  expect([nearlySame(limit - 0.09), nearlySame(limit + 0.09)]).toEqual(['unclear', 'unclear']);
  expect([nearlySame(limit + 0.11), nearlySame(Number.NaN)]).toEqual([undefined, undefined]);
});

test('two selfies may show one person when one stranger in 100 is that close', () => {
  expect(samePerson(distanceAt(0.009))).toBe(true);
  expect(samePerson(distanceAt(0.011))).toBe(false);
});

test('of people who are new, 1 in 100 is taken for another of 1,000 templates, and 1 in 10 of 10,000', () => {
  const random = seeded(3);
  const refused = (templates: number) => {
    let count = 0;
    for (let person = 0; person < 2_000; person++) {
      // The distance of the nearest of this many strangers.
      const nearest = distanceAt(1 - (1 - random()) ** (1 / templates));
      if (sameFace(nearest)) count++;
    }
    return count / 2_000;
  };
  expect(refused(1_000)).toBeLessThanOrEqual(0.0145);
  expect(refused(10_000)).toBeGreaterThan(0.08);
  expect(refused(10_000)).toBeLessThan(0.115);
});

test('the distance of a chance has that chance', () => {
  for (const compared of [
    { templates: 1, faces: 1 },
    { templates: 300, faces: 7 },
  ]) {
    expect(chance(distanceAtChance(0.01, compared), compared)).toBeCloseTo(0.01, 9);
    expect(chance(distanceAtChance(0.2, compared), compared)).toBeCloseTo(0.2, 9);
  }
});
