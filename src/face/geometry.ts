import type { Point } from './face.ts';

/**
 * A turn, a scale and a shift: x' = a·x − b·y + x0, y' = b·x + a·y + y0. In these coordinates,
 * pixel i covers the range from i to i + 1.
 */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly x0: number;
  readonly y0: number;
}

export function apply(s: Similarity, [x, y]: Point): Point {
  return [s.a * x - s.b * y + s.x0, s.b * x + s.a * y + s.y0];
}

export function invert({ a, b, x0, y0 }: Similarity): Similarity {
  const d = a * a + b * b;
  return { a: a / d, b: -b / d, x0: -(a * x0 + b * y0) / d, y0: (b * x0 - a * y0) / d };
}

/** The similarity with this scale and angle (radians, clockwise) that maps `from` to `to`. */
export function place(scale: number, angle: number, from: Point, to: Point): Similarity {
  const a = scale * Math.cos(angle);
  const b = scale * Math.sin(angle);
  return { a, b, x0: to[0] - a * from[0] + b * from[1], y0: to[1] - b * from[0] - a * from[1] };
}

/**
 * The similarity that maps the points `from` as near as possible to the points `to`, by least
 * squares (Umeyama 1991, without reflection).
 */
export function bestFit(from: readonly Point[], to: readonly Point[]): Similarity {
  const [fx, fy] = mean(from);
  const [tx, ty] = mean(to);
  let cos = 0;
  let sin = 0;
  let norm = 0;
  for (const [i, [px, py]] of from.entries()) {
    const [qx, qy] = to[i] ?? [tx, ty];
    cos += (px - fx) * (qx - tx) + (py - fy) * (qy - ty);
    sin += (px - fx) * (qy - ty) - (py - fy) * (qx - tx);
    norm += (px - fx) ** 2 + (py - fy) ** 2;
  }
  const a = cos / norm;
  const b = sin / norm;
  return { a, b, x0: tx - a * fx + b * fy, y0: ty - b * fx - a * fy };
}

export function mean(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const [px, py] of points) {
    x += px;
    y += py;
  }
  return [x / points.length, y / points.length];
}

export function distance([px, py]: Point, [qx, qy]: Point): number {
  return Math.hypot(px - qx, py - qy);
}
