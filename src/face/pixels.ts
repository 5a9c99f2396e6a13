import type { Similarity } from './geometry.ts';

/** A picture in memory: red, green, blue, 0..255, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/**
 * A new picture of `width` × `height`, each pixel taken from where `toPhoto` puts its middle: bilinear, averaged over
 * as many samples as the picture shrinks, `fill` (grey) where the photo ends.
 */
export function warp(photo: Pixels, toPhoto: Similarity, width: number, height: number, fill: number): Pixels {
  const { rgb, width: w, height: h } = photo;
  const { a, b } = toPhoto;
  const out = new Uint8Array(width * height * 3);
  // A shrink below 1.2 aliases too little to pay for four samples.
  const n = Math.max(1, Math.ceil(Math.hypot(a, b) - 0.2));
  const share = 1 / (n * n);
  let o = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < n; j++) {
        const v = y + (j + 0.5) / n;
        for (let i = 0; i < n; i++) {
          const u = x + (i + 0.5) / n;
          const sx = a * u - b * v + toPhoto.x0 - 0.5;
          const sy = b * u + a * v + toPhoto.y0 - 0.5;
          if (!(sx > -0.5 && sy > -0.5 && sx < w - 0.5 && sy < h - 0.5)) {
            red += fill;
            green += fill;
            blue += fill;
            continue;
          }
          const left = sx < 0 ? 0 : sx | 0;
          const top = sy < 0 ? 0 : sy | 0;
          const right = sx > 0 && left + 1 < w ? 3 : 0;
          const below = sy > 0 && top + 1 < h ? w * 3 : 0;
          const fx = sx - left;
          const fy = sy - top;
          const p = (top * w + left) * 3;
          const w11 = fx * fy;
          const w10 = fx - w11;
          const w01 = fy - w11;
          const w00 = 1 - fx - w01;
          red +=
            w00 * at(rgb, p) + w10 * at(rgb, p + right) + w01 * at(rgb, p + below) + w11 * at(rgb, p + below + right);
          const g = p + 1;
          green +=
            w00 * at(rgb, g) + w10 * at(rgb, g + right) + w01 * at(rgb, g + below) + w11 * at(rgb, g + below + right);
          const c = p + 2;
          blue +=
            w00 * at(rgb, c) + w10 * at(rgb, c + right) + w01 * at(rgb, c + below) + w11 * at(rgb, c + below + right);
        }
      }
      out[o++] = red * share + 0.5;
      out[o++] = green * share + 0.5;
      out[o++] = blue * share + 0.5;
    }
  }
  return { width, height, rgb: out };
}

function at(array: Uint8Array, index: number): number {
  return array[index] ?? 0;
}
