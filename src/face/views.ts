import type { Point } from './face.ts';
import type { Pyramid } from './pyramid.ts';

/** A part of one of a photo's copies to look at, pixel for pixel; it may reach beyond the edge. */
export interface View {
  /** Of the copy: how often the photo was halved; of one twice as large, -1. */
  readonly level: number;
  readonly centre: Point;
  /** Extent along the view's own axes, in pixels of the copy. */
  readonly width: number;
  readonly height: number;
  /** How far the view is turned, radians clockwise; a multiple of a quarter turn. */
  readonly angle: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Neighbouring tiles share so many pixels, so that every face up to this length lies whole in one. */
export const LONGEST_IN_TILES = 128;

/** What is round a point of the photo where something is so long, twice as large as in the copy `level`. */
export function enlarged([x, y]: Point, length: number, level: number): View {
  const scale = 2 ** (1 - level);
  const side = Math.ceil(length * scale) * 4;
  return { level: level - 1, centre: [x * scale, y * scale], width: side, height: side, angle: 0 };
}

/** The copy with `room` of its size added round it, as it looks turned back by `angle`. */
export function whole({ at }: Pyramid, level: number, angle: number, room = 0): View {
  const { width, height } = at(level);
  const [along, across] = upright({ width, height }, angle);
  const grow = (length: number) => length + 2 * Math.round((length * room) / 2);
  return { level, centre: [width / 2, height / 2], width: grow(along), height: grow(across), angle };
}

/** Views of at most `max` that cover the copy and overlap; one where it fits. */
export function tiles({ at }: Pyramid, level: number, angle: number, max: Size): View[] {
  const { width, height } = at(level);
  const limit = upright(max, angle);
  const columns = cover(width, limit[0]);
  const rows = cover(height, limit[1]);
  return rows.flatMap((v) =>
    columns.map((u): View => {
      const [along, across] = upright({ width: u.length, height: v.length }, angle);
      return { level, centre: [u.middle, v.middle], width: along, height: across, angle };
    }),
  );
}

/** Pieces of at most `max` that cover `length`, evenly apart; all as long. */
function cover(length: number, max: number): { middle: number; length: number }[] {
  if (length <= max) return [{ middle: length / 2, length }];
  const overlap = Math.min(LONGEST_IN_TILES, max / 3);
  const count = Math.ceil((length - overlap) / (max - overlap));
  const piece = Math.ceil((length + (count - 1) * overlap) / count);
  return Array.from({ length: count }, (_, i) => {
    const start = Math.round((i * (length - piece)) / (count - 1));
    return { middle: start + piece / 2, length: piece };
  });
}

function upright({ width, height }: Size, angle: number): readonly [along: number, across: number] {
  return Math.abs(Math.sin(angle)) > 0.5 ? [height, width] : [width, height];
}
