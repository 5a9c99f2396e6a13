import { luma, type Pixels } from './pixels.ts';

/**
 * When the bright end of a picture is below this (of 255), the picture is too dark for the nets,
 * which were trained with well-lit faces.
 */
const DIM = 100;

/** The value to which a dark picture's bright end is raised. */
const BRIGHT = 220;

/**
 * The largest factor of brightening. With a larger one, a net would see noise instead of a face.
 */
const MAX_GAIN = 8;

/** Brightens a dark picture, by one factor for all values. Gives a well-lit picture unchanged. */
export function lift(picture: Pixels): Pixels {
  const bright = brightEnd(picture);
  if (bright >= DIM) return picture;
  const gain = Math.min(MAX_GAIN, BRIGHT / Math.max(1, bright));
  return { ...picture, rgb: Uint8Array.from(picture.rgb, (v) => Math.min(255, v * gain)) };
}

/**
 * The bright end of a picture: the luma that 95 % of its pixels do not exceed, estimated from some
 * 4,000 pixels.
 */
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
