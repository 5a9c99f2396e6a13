import sharp from 'sharp';
import { decode } from './decode.ts';
import { dotsOf, GLYPH_HEIGHT, GLYPH_WIDTH } from './digits.ts';
import { type Box, type DrawOptions, headAround, type Mark, SHOWN_SIDE } from './face.ts';
import type { Pixels } from './pixels.ts';

type Colour = readonly [red: number, green: number, blue: number];

const TONES: Readonly<Record<Exclude<Mark['tone'], 'blur'>, Colour>> = {
  match: [34, 197, 94],
  possible: [250, 176, 5],
  unknown: [203, 213, 225],
};
const INK: Colour = [15, 23, 42];

/**
 * How many squares a blurred head has across. That is far below the 16 pixels or so that a
 * recogniser needs across a face to tell people apart.
 */
const MOSAIC = 6;

/**
 * Draws the marks on one picture of the upright photo. Gives a JPEG without metadata.
 * @throws what {@link decode} throws
 */
export async function draw(
  photo: Uint8Array,
  marks: readonly Mark[],
  { frame: which = 0, side = SHOWN_SIDE }: Omit<DrawOptions, 'signal'> = {},
): Promise<Uint8Array> {
  const { pixels, scale } = await decode(photo, { side }, which);
  const stroke = Math.max(2, Math.round(Math.max(pixels.width, pixels.height) / 320));
  const scaled = marks.map((mark) => ({ ...mark, box: scaleBox(mark.box, scale) }));
  // Blurs are drawn first and numbers last, so that neither a frame nor a blur covers a number.
  for (const { tone, box } of scaled) if (tone === 'blur') blur(pixels, box);
  for (const { tone, box } of scaled) if (tone !== 'blur') frame(pixels, box, stroke, TONES[tone]);
  for (const { tone, box, number } of scaled) if (tone !== 'blur') label(pixels, box, number, stroke, TONES[tone]);
  const raw = { width: pixels.width, height: pixels.height, channels: 3 as const };
  return sharp(pixels.rgb, { raw }).jpeg({ quality: 88 }).toBuffer();
}

function scaleBox([x, y, width, height]: Box, scale: number): Box {
  return [Math.round(x * scale), Math.round(y * scale), Math.round(width * scale), Math.round(height * scale)];
}

/**
 * Blurs a head: it is divided into a few squares, and only the mean colour of each is kept. Between
 * the middles of the squares, the colours blend into each other.
 */
function blur(pixels: Pixels, box: Box): void {
  const [x, y, width, height] = headAround(box);
  const left = Math.max(0, Math.floor(x));
  const top = Math.max(0, Math.floor(y));
  const right = Math.min(pixels.width, Math.ceil(x + width));
  const bottom = Math.min(pixels.height, Math.ceil(y + height));
  const size = Math.max(1, Math.ceil(Math.max(width, height) / MOSAIC));
  const across = Math.ceil((right - left) / size);
  const down = Math.ceil((bottom - top) / size);
  const means = Array.from({ length: across * down }, (_, i) =>
    meanOf(pixels, [left + (i % across) * size, top + Math.floor(i / across) * size, size, size]),
  );
  const mean = (u: number, v: number) =>
    means[Math.min(Math.max(v, 0), down - 1) * across + Math.min(Math.max(u, 0), across - 1)] ?? INK;
  for (let v = top; v < bottom; v++) {
    for (let u = left; u < right; u++) {
      const [atX, atY] = [(u + 0.5 - left) / size - 0.5, (v + 0.5 - top) / size - 0.5];
      const [i, j] = [Math.floor(atX), Math.floor(atY)];
      const upper = between(mean(i, j), mean(i + 1, j), atX - i);
      const lower = between(mean(i, j + 1), mean(i + 1, j + 1), atX - i);
      paint(pixels, [u, v, 1, 1], between(upper, lower, atY - j));
    }
  }
}

function between(from: Colour, to: Colour, share: number): Colour {
  const at = (i: 0 | 1 | 2) => from[i] + (to[i] - from[i]) * share;
  return [at(0), at(1), at(2)];
}

/**
 * Draws a line in this colour around the box, and a dark line around the first one, so that the box
 * can be seen on any background.
 */
function frame(pixels: Pixels, [x, y, width, height]: Box, stroke: number, colour: Colour): void {
  const ring = (grow: number, ink: Colour) => {
    const [l, t, w, h] = [x - grow, y - grow, width + 2 * grow, height + 2 * grow];
    paint(pixels, [l, t, w, stroke], ink);
    paint(pixels, [l, t + h - stroke, w, stroke], ink);
    paint(pixels, [l, t, stroke, h], ink);
    paint(pixels, [l + w - stroke, t, stroke, h], ink);
  };
  ring(stroke * 2, INK);
  ring(stroke, colour);
}

/**
 * Writes the number on a plate above the box, or inside the box when there is no room above. The
 * number is large enough for a phone. A small face gets a smaller plate, so that it covers no other
 * face.
 */
function label(pixels: Pixels, [x, y, faceWidth]: Box, number: number, stroke: number, colour: Colour): void {
  const dot = Math.round(Math.min(Math.max(faceWidth / (GLYPH_WIDTH * 2), stroke), stroke * 1.75));
  const width = (String(number).length * (GLYPH_WIDTH + 1) + 1) * dot;
  const height = (GLYPH_HEIGHT + 2) * dot;
  const left = Math.min(Math.max(0, x - stroke * 2), pixels.width - width);
  const top = y - stroke * 2 - height >= 0 ? y - stroke * 2 - height : Math.max(0, y);
  paint(pixels, [left, top, width, height], colour);
  for (const [u, v] of dotsOf(number)) paint(pixels, [left + (u + 1) * dot, top + (v + 1) * dot, dot, dot], INK);
}

function paint(pixels: Pixels, box: Box, [red, green, blue]: Colour): void {
  each(pixels, box, (p) => {
    pixels.rgb[p] = red;
    pixels.rgb[p + 1] = green;
    pixels.rgb[p + 2] = blue;
  });
}

function meanOf(pixels: Pixels, box: Box): Colour {
  const { rgb } = pixels;
  let [red, green, blue, count] = [0, 0, 0, 0];
  each(pixels, box, (p) => {
    red += rgb[p] ?? 0;
    green += rgb[p + 1] ?? 0;
    blue += rgb[p + 2] ?? 0;
    count++;
  });
  return [red / count, green / count, blue / count];
}

/** Calls `visit` with the index of each pixel of the box that is in the picture. */
function each({ width, height }: Pixels, [x, y, w, h]: Box, visit: (index: number) => void): void {
  for (let v = Math.max(0, y); v < Math.min(height, y + h); v++) {
    for (let u = Math.max(0, x); u < Math.min(width, x + w); u++) visit((v * width + u) * 3);
  }
}
