import { describe, expect, test } from 'vitest';
import type { NetInput } from '../../models/manifest.ts';
import { fill } from '../../src/face/net.ts';

const picture = { width: 2, height: 1, rgb: Uint8Array.of(10, 20, 30, 110, 120, 130) };
const input: NetInput = {
  name: 'x',
  width: 2,
  height: 1,
  layout: 'NCHW',
  channels: 'RGB',
  values: { mean: 0, std: 1 },
};

function tensor(spec: Partial<NetInput>): number[] {
  const values = new Float32Array(spec.channels === 'GREY' ? 2 : 6);
  fill(values, picture, { ...input, ...spec });
  return [...values];
}

describe('a picture becomes the tensor that the manifest asks for', () => {
  test('planes of red, green and blue', () => expect(tensor({})).toEqual([10, 110, 20, 120, 30, 130]));
  test('planes of blue, green and red', () => expect(tensor({ channels: 'BGR' })).toEqual([30, 130, 20, 120, 10, 110]));
  test('pixel by pixel', () => expect(tensor({ layout: 'NHWC' })).toEqual([10, 20, 30, 110, 120, 130]));
  test('pixel by pixel, blue first', () =>
    expect(tensor({ layout: 'NHWC', channels: 'BGR' })).toEqual([30, 20, 10, 130, 120, 110]));
  test('grey by BT.601', () => {
    const [first, second] = tensor({ channels: 'GREY' });
    expect(first).toBeCloseTo(18.15, 4);
    expect(second).toBeCloseTo(118.15, 4);
  });
  test('less the mean, divided by the deviation', () =>
    expect(tensor({ values: { mean: 10, std: 10 } })).toEqual([0, 10, 1, 11, 2, 12]));
  test('with a mean and a deviation per channel, in the order of the channels', () =>
    expect(tensor({ channels: 'BGR', values: { mean: [30, 20, 10], std: [1, 10, 100] } })).toEqual([
      0, 100, 0, 10, 0, 1,
    ]));
  test('standardised by the picture itself: mean 0, deviation 1', () => {
    const values = tensor({ values: 'image' });
    expect(values.reduce((sum, v) => sum + v, 0)).toBeCloseTo(0, 4);
    expect(values.reduce((sum, v) => sum + v * v, 0) / 6).toBeCloseTo(1, 4);
  });
});
