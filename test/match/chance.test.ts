import { expect, test } from 'vitest';
import { chanceOf, fmrOfChance, shownChance } from '../../src/match/chance.ts';

test('chance: one comparison is the FMR itself, two are 1 − (1 − FMR)²', () => {
  expect(chanceOf(0.01, 1)).toBeCloseTo(0.01, 15);
  expect(chanceOf(0.01, 2)).toBeCloseTo(0.0199, 15);
  expect(chanceOf(0.5, 3)).toBeCloseTo(0.875, 15);
});

test('chance: the classic 0.6 of the dlib tutorial (FMR 6.6e-3) names half of all strangers among 100 people', () => {
  expect(chanceOf(6.6e-3, 100)).toBeCloseTo(0.484, 3);
});

test('chance: rates far below the precision of 1 − FMR keep their digits', () => {
  expect(chanceOf(1e-20, 1000) / 1e-17).toBeCloseTo(1, 12);
});

test('chance: nobody to compare with means no chance, even of certain strangers', () => {
  expect(chanceOf(1, 0)).toBe(0);
  expect(chanceOf(1, 1)).toBe(1);
  expect(chanceOf(0, 1_000_000)).toBe(0);
});

test('chance: its inverse gives the FMR back', () => {
  for (const fmr of [1e-12, 1e-6, 0.003, 0.4]) {
    for (const comparisons of [1, 30, 10_000]) {
      const chance = chanceOf(fmr, comparisons);
      if (chance < 0.999) expect(fmrOfChance(chance, comparisons) / fmr).toBeCloseTo(1, 9);
    }
  }
  expect(fmrOfChance(0.01, 0)).toBe(1);
  expect(fmrOfChance(0, 0)).toBe(1);
});

test('chance: grows with the gallery and with the faces in the photo', () => {
  let before = 0;
  for (const comparisons of [1, 2, 10, 100, 1_000, 100_000]) {
    const chance = chanceOf(1e-4, comparisons);
    expect(chance).toBeGreaterThan(before);
    before = chance;
  }
});

test.each([
  [0, 1e-4],
  [1e-7, 1e-4],
  [1e-4, 1e-4],
  [1.01e-4, 2e-4],
  [2e-3, 2e-3],
  [0.0021, 0.005],
  [0.0051, 0.01],
  [0.2, 0.2],
  [0.3, 0.5],
  [0.7, 1],
  [1, 1],
])('chance: %d is shown as %d, in steps of 1, 2, 5, never below what it is, nor below 1 in 10,000', (exact, shown) => {
  expect(shownChance(exact)).toBe(shown);
});
