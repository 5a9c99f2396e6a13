import { expect, test } from 'vitest';
import { place } from '../../src/face/geometry.ts';
import { cut, type Pixels, warp } from '../../src/face/pixels.ts';

/** Red grows to the right, and green downwards. Blue is 7 everywhere. */
function gradient(width: number, height: number, step: number): Pixels {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [(pixel % width) * step, Math.floor(pixel / width) * step, 7][i % 3] ?? 0;
  });
  return { width, height, rgb };
}

const at = ({ rgb, width }: Pixels, x: number, y: number) => [
  ...rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

test('a warp that changes nothing gives the same pixels', () => {
  const picture = gradient(20, 10, 10);
  expect(warp(picture, place(1, 0, [0, 0], [0, 0]), 20, 10, 0).rgb).toEqual(picture.rgb);
});

test('a quarter turn takes the left edge to the top', () => {
  const turned = warp(gradient(20, 10, 10), place(1, Math.PI / 2, [0, 0], [20, 0]), 10, 20, 0);
  expect(at(turned, 0, 0)).toEqual([190, 0, 7]);
  expect(at(turned, 9, 19)).toEqual([0, 90, 7]);
});

test('between pixels it interpolates', () => {
  expect(at(warp(gradient(20, 10, 10), place(1, 0, [0, 0], [0.5, 0.25]), 4, 4, 0), 1, 1)).toEqual([15, 12, 7]);
});

test('a shrunk picture is the mean of all pixels that it stands for, so that nothing flickers', () => {
  const stripes: Pixels = {
    width: 64,
    height: 64,
    rgb: Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i % 2) * 200),
  };
  for (const value of warp(stripes, place(8, 0, [0, 0], [0, 0]), 8, 8, 0).rgb)
    expect(Math.abs(value - 100)).toBeLessThan(8);
});

test('outside the photo lies the filling, from the edge of the outermost pixels on', () => {
  const wide = warp(gradient(4, 4, 10), place(1, 0, [2, 2], [0, 0]), 8, 8, 99);
  expect(at(wide, 1, 4)).toEqual([99, 99, 99]);
  expect(at(wide, 2, 2)).toEqual([0, 0, 7]);
  expect(at(wide, 5, 5)).toEqual([30, 30, 7]);
  expect(at(wide, 6, 5)).toEqual([99, 99, 99]);
});

test('a photo of one pixel fills its place', () => {
  const pixel: Pixels = { width: 1, height: 1, rgb: Uint8Array.of(1, 2, 3) };
  expect([...warp(pixel, place(0.25, 0, [0, 0], [0, 0]), 4, 4, 0).rgb.subarray(0, 3)]).toEqual([1, 2, 3]);
});

test('cut out pixel for pixel, a part is as it was; outside the photo lies the filling', () => {
  const part = cut(gradient(20, 10, 10), place(1, 0, [0, 0], [18, -1]), { width: 4, height: 3 }, 99);
  expect(at(part, 0, 0)).toEqual([99, 99, 99]);
  expect(at(part, 0, 1)).toEqual([180, 0, 7]);
  expect(at(part, 1, 2)).toEqual([190, 10, 7]);
  expect(at(part, 2, 1)).toEqual([99, 99, 99]);
});

test.each([1, 2, 3])('cut out turned by %i quarters, each pixel is where a warp puts it', (quarters) => {
  const photo = gradient(20, 10, 10);
  const [width, height] = quarters % 2 ? [10, 20] : [20, 10];
  const turn = place(1, (quarters * Math.PI) / 2, [width / 2, height / 2], [10, 5]);
  expect(cut(photo, turn, { width, height }, 0).rgb).toEqual(warp(photo, turn, width, height, 0).rgb);
});

test('a part that is outside the photo is filled', () => {
  const away = cut(gradient(4, 4, 10), place(1, 0, [0, 0], [50, -70]), { width: 3, height: 3 }, 9);
  expect([...away.rgb]).toEqual(Array.from({ length: 27 }, () => 9));
});
