import { luma, type Pixels } from './pixels.ts';

/**
 * A picture whose bright end is below this (of 255) is too dark for nets trained on well-lit faces.
 */
const DIM = 100;

/** The value that the bright end gets. */
const BRIGHT = 220;

/** More gain would show noise instead of a face. */
const MAX_GAIN = 8;

/**
 * Brightens a dark picture: every value times one factor. A well-lit picture comes back as it is.
 */
export function lift(picture: Pixels): Pixels {
  const bright = brightEnd(picture);
  if (bright >= DIM) return picture;
  const gain = Math.min(MAX_GAIN, BRIGHT / Math.max(1, bright));
  return { ...picture, rgb: Uint8Array.from(picture.rgb, (v) => Math.min(255, v * gain)) };
}

/** The luma below which 95 % of the pixels are, sampled from some 4,000. */
function brightEnd({ rgb, width, height }: Pixels): number {
  const counts = new Uint32Array(256);
  const step = Math.max(1, Math.floor((width * height) / 4096));
  let seen = 0;
  for (let i = 0; i < width * height; i += step, seen++) {
    const level = Math.round(luma(rgb, i * 3));
    counts[level] = (counts[level] ?? 0) + 1;
  }
  let below = 0;
  for (let level = 0; level < 256; level++) {
    below += counts[level] ?? 0;
    if (below >= 0.95 * seen) return level;
  }
  return 255;
}
