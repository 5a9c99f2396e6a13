import type { Manifest } from '../../models/manifest.ts';
import type { Point } from './face.ts';
import { mean } from './geometry.ts';

/**
 * Five points, from the left of the picture: eye, eye, nose, corner of the mouth, corner of the
 * mouth.
 */
export type FivePoints = readonly [Point, Point, Point, Point, Point];

/** The five points, made from all points of a pack. The manifest says which ones. */
export function fiveOf(points: readonly Point[], [a, b, c, d, e]: Manifest['points']): FivePoints {
  const at = (list: readonly number[]): Point => mean(list.map((i) => points[i] ?? [0, 0]));
  return [at(a), at(b), at(c), at(d), at(e)];
}
