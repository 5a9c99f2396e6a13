import type { Point } from './face.ts';
import type { Pyramid } from './pyramid.ts';

/** A part of one copy of the photo, pixel for pixel. It may go beyond the copy's edge. */
export interface View {
  /** How often the photo is halved for this copy; -1 is a copy twice as large. */
  readonly level: number;
  readonly centre: Point;
  /** The width along the view's own axis, in pixels of the copy. */
  readonly width: number;
  readonly height: number;
  /** How far the view is turned against the copy, radians clockwise, by quarter turns. */
  readonly angle: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * How many pixels neighbouring tiles have in common, so that every face up to this length is whole
 * in one tile.
 */
export const LONGEST_IN_TILES = 128;

/**
 * A square view around a point of the photo. It is on a copy that is twice as large as copy
 * `level`. The side is as long as four times `length` (in pixels of the photo).
 */
export function enlarged([x, y]: Point, length: number, level: number): View {
  const scale = 2 ** (1 - level);
  const side = Math.ceil(length * scale) * 4;
  return { level: level - 1, centre: [x * scale, y * scale], width: side, height: side, angle: 0 };
}

/** A view of the whole copy, enlarged by the share `margin` of its size, and turned by `angle`. */
export function whole({ at }: Pyramid, level: number, angle: number, margin = 0): View {
  const { width, height } = at(level);
  const [along, across] = upright({ width, height }, angle);
  const grow = (length: number) => length + 2 * Math.round((length * margin) / 2);
  return { level, centre: [width / 2, height / 2], width: grow(along), height: grow(across), angle };
}

/**
 * Views of at most the size `max` that overlap and together cover the copy. There is one view when
 * the copy fits into it.
 */
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

/** Pieces of one length, at most `max`, that overlap evenly and together cover `length`. */
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
