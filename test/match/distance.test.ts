import { expect, test } from 'vitest';
import { distanceAt, distanceBetween, meanDirection } from '../../src/match/distance.ts';

test('a distance is 0 for the same, √2 for unrelated, 2 for opposite embeddings, whatever their length', () => {
  for (const dims of [2, 3, 4, 5, 7]) {
    const axis = (index: number, sign = 1) => Float32Array.from({ length: dims }, (_, k) => (k === index ? sign : 0));
    expect(distanceBetween(axis(0), axis(0))).toBe(0);
    expect(distanceBetween(axis(0), axis(dims - 1))).toBeCloseTo(Math.SQRT2, 12);
    expect(distanceBetween(axis(dims - 1), axis(dims - 1, -1))).toBe(2);
  }
});

test('a distance is the root of the squares summed one by one, wherever the embedding begins', () => {
  for (let length = 1; length <= 40; length++) {
    const many = Float32Array.from({ length: 3 * length }, () => 2 * Math.random() - 1);
    const other = Float32Array.from({ length }, () => 2 * Math.random() - 1);
    for (const at of [0, length, 2 * length]) {
      const plain = other.reduce((sum, value, k) => sum + ((many[at + k] ?? 0) - value) ** 2, 0);
      expect(distanceAt(many, at, other)).toBeCloseTo(Math.sqrt(plain), 12);
    }
  }
});

test('the mean direction lies between embeddings, as long as each of them, and is the embedding itself of one alone', () => {
  const [one, other] = [Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0)];
  const mean = meanDirection([one, other]);
  expect(Math.hypot(...mean)).toBeCloseTo(1, 6);
  expect(distanceBetween(mean, one)).toBeCloseTo(distanceBetween(mean, other), 6);
  expect(distanceBetween(mean, one)).toBeLessThan(distanceBetween(one, other));
  expect(meanDirection([one])).toEqual(one);
});
