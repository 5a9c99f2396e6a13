import { expect, test } from 'vitest';
import { place } from '../../src/face/geometry.ts';
import type { Pixels } from '../../src/face/pixels.ts';
import { openPyramid, warpFrom } from '../../src/face/pyramid.ts';

/** Red grows to the right, and green downwards. */
function gradient(width: number, height: number, step: number): Pixels {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [(pixel % width) * step, Math.floor(pixel / width) * step, 7][i % 3] ?? 0;
  });
  return { width, height, rgb };
}

test('each copy has half the width, and each of its pixels is the mean of four', () => {
  const { at } = openPyramid(gradient(4, 4, 10));
  expect(at(1)).toMatchObject({ width: 2, height: 2 });
  expect([...at(1).rgb]).toEqual([5, 5, 7, 25, 5, 7, 5, 25, 7, 25, 25, 7]);
  expect([...at(2).rgb]).toEqual([15, 15, 7]);
});

test('the last column and row of an odd photo have a pixel of their own', () => {
  const { at } = openPyramid(gradient(3, 3, 10));
  expect(at(1)).toMatchObject({ width: 2, height: 2 });
  expect([...at(1).rgb]).toEqual([5, 5, 7, 20, 5, 7, 5, 20, 7, 20, 20, 7]);
});

test.each([1, 3, 6, 9])(
  'each pixel of a part shrunk %i times is the mean of its pixels, wherever the part is',
  (scale) => {
    const photo = openPyramid(gradient(120, 120, 2));
    const { rgb } = warpFrom(photo, place(scale, 0, [0, 0], [12, 24]), 8, 8, 0);
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) {
        const p = (y * 8 + x) * 3;
        expect(Math.abs((rgb[p] ?? 0) - 2 * (12 + (x + 0.5) * scale - 0.5))).toBeLessThan(2.5);
        expect(Math.abs((rgb[p + 1] ?? 0) - 2 * (24 + (y + 0.5) * scale - 0.5))).toBeLessThan(2.5);
      }
    }
  },
);
