import { expect, test } from 'vitest';
import { distributionOf } from '../../src/evaluate/distribution.ts';

test('a distribution tells which share lies at or below a distance', () => {
  const distances = distributionOf([0.5, 1, 1, 1.5]);
  expect(distances.count).toBe(4);
  expect([0.4, 0.5, 0.9, 1, 1.5, 2].map(distances.shareAt)).toEqual([0, 0.25, 0.25, 0.75, 1, 1]);
});

test('a distribution tells the largest distance that a share reaches', () => {
  const distances = distributionOf([0.5, 1, 1, 1.5]);
  expect(distances.distanceAt(0)).toBeCloseTo(0.5, 4);
  expect(distances.distanceAt(0.24)).toBeCloseTo(0.5, 4);
  expect(distances.distanceAt(0.25)).toBeCloseTo(1, 4);
  expect(distances.distanceAt(0.75)).toBeCloseTo(1.5, 4);
  for (const share of [0, 0.24, 0.25, 0.75]) {
    expect(distances.shareAt(distances.distanceAt(share))).toBeLessThanOrEqual(share);
  }
  expect(distances.distanceAt(1)).toBe(2);
});

test('infinite distances count, and no distance reaches them', () => {
  const distances = distributionOf([1, Number.POSITIVE_INFINITY]);
  expect(distances.count).toBe(2);
  expect(distances.shareAt(2)).toBe(0.5);
});

test('a distribution of nothing has no share anywhere', () => {
  const nothing = distributionOf([]);
  expect(nothing.count).toBe(0);
  expect(nothing.shareAt(2)).toBe(0);
});

test('the ends of the scale, 0 and 2, are on it', () => {
  expect(distributionOf([0, 2]).shareAt(0)).toBe(0.5);
  expect(distributionOf([0, 2]).shareAt(1.99999)).toBe(0.5);
  expect(distributionOf([0, 2]).shareAt(2)).toBe(1);
});
