import { describe, expect, test } from 'vitest';
import { compareAll, NEAREST_SHARE } from '../../src/evaluate/pairs.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { distanceBetween } from '../../src/match/distance.ts';
import { crowd, unit } from './synthetic.ts';

describe('comparing all photos with all', () => {
  const [north, northEast, east, south] = [unit(0, 1), unit(1, 1), unit(1, 0), unit(0, -1)];

  test('tells pairs of one person from pairs of two', () => {
    const { genuine, impostors, nearest } = compareAll([north, northEast, east, south], [0, 0, 1, 1]);
    expect(genuine.map(({ distance }) => distance)).toEqual([expect.closeTo(0.7654, 4), expect.closeTo(Math.SQRT2, 6)]);
    expect(genuine.map(({ person }) => person)).toEqual([0, 1]);
    expect(impostors.count).toBe(4);
    expect(nearest.map(({ distance, a, b }) => [a, b, distance.toFixed(3)])).toEqual([
      [1, 2, '0.765'],
      [0, 2, '1.414'],
      [1, 3, '1.848'],
      [0, 3, '2.000'],
    ]);
  });

  test('counts a photo without a face as missed by its own person, and as nobody else’s impostor', () => {
    const { genuine, impostors, photosOf } = compareAll(
      [north, undefined, northEast, undefined, east],
      [0, 0, 0, 1, 2],
    );
    expect(genuine.map(({ distance }) => distance).sort()).toEqual([
      expect.closeTo(0.7654, 4),
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    expect(impostors.count).toBe(2);
    expect(photosOf).toEqual([2, 0, 1]);
  });

  test('leaves out pairs of people who may be the same', () => {
    const same = new Map([
      [0, new Set([1])],
      [1, new Set([0])],
    ]);
    const { genuine, impostors, nearest } = compareAll([north, northEast, east], [0, 1, 2], same);
    expect(genuine).toEqual([]);
    expect(impostors.count).toBe(2);
    expect(nearest.map(({ a, b }) => [a, b])).toEqual([
      [1, 2],
      [0, 2],
    ]);
  });

  test('agrees with the plain double loop, and keeps the nearest of very many pairs', () => {
    const { subjects, personOf } = crowd({ people: 600, photosEach: 2, dims: 6, noise: 0.1 }, seeded(3));
    const all = compareAll(subjects, personOf);
    const plain: number[] = [];
    for (const [i, x] of subjects.entries()) {
      for (const [j, y] of subjects.slice(0, i).entries()) {
        if (x && y && personOf[i] !== personOf[j]) plain.push(distanceBetween(x, y));
      }
    }
    plain.sort((x, y) => x - y);
    expect(all.genuine).toHaveLength(600);
    expect(all.impostors.count).toBe(plain.length);
    expect(all.nearest.length / plain.length).toBeCloseTo(NEAREST_SHARE, 3);
    expect(all.nearest.filter(({ distance }, rank) => distance !== plain[rank])).toEqual([]);
    for (const share of [0.001, 0.01, 0.1, 0.5]) {
      const threshold = all.impostors.distanceAt(share);
      const reached = plain.filter((distance) => distance <= threshold).length;
      expect(reached / plain.length).toBeLessThanOrEqual(share);
      expect(reached / plain.length).toBeGreaterThan(share * 0.98);
    }
  });
});
