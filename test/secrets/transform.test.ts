import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { scopeTransform } from '../../src/secrets/transform.ts';

const key = randomBytes(32);

function unit(dims: number): Float32Array {
  const v = Float64Array.from({ length: dims }, () => Math.random() + Math.random() + Math.random() - 1.5);
  const norm = Math.hypot(...v);
  return Float32Array.from(v, (x) => x / norm);
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.hypot(...a.map((x, i) => x - (b[i] as number)));
}

describe.each([2, 128, 512, 1024])('the secret transform of %i dimensions', (dims) => {
  const transform = scopeTransform(key, dims);

  it('keeps every distance within 1e-6', () => {
    const vectors = Array.from({ length: 12 }, () => unit(dims));
    const turned = vectors.map((v) => transform.apply(v));
    for (const [i, a] of vectors.entries())
      for (const [j, b] of vectors.entries()) {
        const kept = distance(turned[i] as Float32Array, turned[j] as Float32Array);
        expect(Math.abs(kept - distance(a, b))).toBeLessThan(1e-6);
      }
  });

  it('is undone by invert', () => {
    const v = unit(dims);
    expect(distance(transform.invert(transform.apply(v)), v)).toBeLessThan(1e-6);
  });

  it('is the same for the same key, wherever and whenever it is made', () => {
    const v = unit(dims);
    expect(scopeTransform(Uint8Array.from(key), dims).apply(v)).toEqual(transform.apply(v));
  });

  it('leaves the vector it was given as it was', () => {
    const v = unit(dims);
    const copy = v.slice();
    transform.apply(v);
    expect(v).toEqual(copy);
  });
});

it('turns a vector as every earlier version did, so that whoever enrolled is still found', () => {
  const known = Uint8Array.from({ length: 32 }, (_, index) => index);
  const axis = Float32Array.from({ length: 128 }, (_, index) => (index === 0 ? 1 : 0));
  const turned = scopeTransform(known, 128).apply(axis);
  for (const [index, before] of [-0.021326, 0.077383, -0.058271, 0.050604].entries()) {
    expect(turned[index]).toBeCloseTo(before, 5);
  }
});

describe('what the transform hides', () => {
  const dims = 128;

  it('gives one face in two scopes vectors as far apart as those of strangers', () => {
    const cosines = Array.from({ length: 200 }, () => {
      const v = unit(dims);
      const [a, b] = [randomBytes(32), randomBytes(32)].map((k) => scopeTransform(k, dims).apply(v));
      return (a as Float32Array).reduce((sum, x, i) => sum + x * ((b as Float32Array)[i] as number), 0);
    });
    const mean = cosines.reduce((sum, c) => sum + c, 0) / cosines.length;
    const variance = cosines.reduce((sum, c) => sum + c * c, 0) / cosines.length;
    // Cosines of unrelated directions have mean 0 and variance 1/dims. They may be six standard
    // errors away from that.
    expect(Math.abs(mean)).toBeLessThan(6 / Math.sqrt(dims * cosines.length));
    expect(Math.abs(variance * dims - 1)).toBeLessThan(6 * Math.sqrt(2 / cosines.length));
  });

  it('turns a fixed vector into any direction alike: every coordinate has mean 0 and variance 1/dims over keys', () => {
    const small = 4;
    const keys = 4000;
    const e1 = Float32Array.from([1, 0, 0, 0]);
    const sums = new Float64Array(small);
    const squares = new Float64Array(small);
    for (let k = 0; k < keys; k++) {
      const seed = createHash('sha256').update(`key ${k}`).digest();
      for (const [i, x] of scopeTransform(seed, small).apply(e1).entries()) {
        sums[i] = (sums[i] as number) + x;
        squares[i] = (squares[i] as number) + x * x;
      }
    }
    for (let i = 0; i < small; i++) {
      expect(Math.abs((sums[i] as number) / keys)).toBeLessThan(0.04);
      expect(Math.abs((squares[i] as number) / keys - 1 / small)).toBeLessThan(0.02);
    }
  });

  it('mirrors as often as not, so that its determinant tells nothing', () => {
    const mirrored = Array.from({ length: 400 }, (_, k) => {
      const transform = scopeTransform(createHash('sha256').update(`key ${k}`).digest(), 2);
      const [a, c] = transform.apply(Float32Array.from([1, 0])) as unknown as [number, number];
      const [b, d] = transform.apply(Float32Array.from([0, 1])) as unknown as [number, number];
      return a * d - b * c < 0;
    }).filter(Boolean).length;
    expect(mirrored).toBeGreaterThan(140);
    expect(mirrored).toBeLessThan(260);
  });
});

it('refuses vectors of another length and sizes it is not made for', () => {
  expect(() => scopeTransform(key, 128).apply(new Float32Array(127))).toThrow(/128 dimensions, not 127/);
  expect(() => scopeTransform(key, 1)).toThrow(RangeError);
  expect(() => scopeTransform(key, 2.5)).toThrow(RangeError);
  expect(() => scopeTransform(key, 1025)).toThrow(RangeError);
});
