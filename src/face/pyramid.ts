import type { Similarity } from './geometry.ts';
import { type Pixels, warp } from './pixels.ts';

/**
 * A photo, and copies of it with half, a quarter, an eighth, … of its width. A picture of a part of
 * the photo is made from the smallest copy that has enough pixels for it.
 */
export interface Pyramid {
  /**
   * The copy after `level` halvings; 0 is the photo itself. A copy is made when it is first used.
   */
  readonly at: (level: number) => Pixels;
  readonly width: number;
  readonly height: number;
}

export function openPyramid(photo: Pixels): Pyramid {
  const levels = [photo];
  const at = (level: number): Pixels => {
    const known = levels[level];
    if (known) return known;
    levels[level] = halve(at(level - 1));
    return at(level);
  };
  return { at, width: photo.width, height: photo.height };
}

/**
 * Does what {@link warp} does with the photo. For a large part of the photo it is much faster,
 * because it reads a smaller copy.
 */
export function warpFrom(
  photo: Pyramid,
  { a, b, x0, y0 }: Similarity,
  width: number,
  height: number,
  fill: number,
): Pixels {
  const level = Math.max(0, Math.floor(Math.log2(Math.hypot(a, b))));
  const share = 2 ** -level;
  return warp(photo.at(level), { a: a * share, b: b * share, x0: x0 * share, y0: y0 * share }, width, height, fill);
}

/**
 * Halves a picture: each new pixel is the mean of four pixels. If the number of rows or columns is
 * odd, the last one counts twice, so that the scale is exactly a half.
 */
function halve({ width, height, rgb }: Pixels): Pixels {
  const half = { width: (width + 1) >> 1, height: (height + 1) >> 1 };
  const out = new Uint8Array(half.width * half.height * 3);
  const line = width * 3;
  for (let y = 0, o = 0; y < half.height; y++) {
    let p = y * 2 * line;
    let q = y * 2 + 1 < height ? p + line : p;
    for (const end = o + (width >> 1) * 3; o < end; o += 3, p += 6, q += 6) {
      out[o] = (at(rgb, p) + at(rgb, p + 3) + at(rgb, q) + at(rgb, q + 3) + 2) >> 2;
      out[o + 1] = (at(rgb, p + 1) + at(rgb, p + 4) + at(rgb, q + 1) + at(rgb, q + 4) + 2) >> 2;
      out[o + 2] = (at(rgb, p + 2) + at(rgb, p + 5) + at(rgb, q + 2) + at(rgb, q + 5) + 2) >> 2;
    }
    if (width % 2) for (let c = 0; c < 3; c++) out[o++] = (at(rgb, p++) + at(rgb, q++) + 1) >> 1;
  }
  return { ...half, rgb: out };
}

function at(array: Uint8Array, index: number): number {
  return array[index] ?? 0;
}
