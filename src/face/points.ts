import type { Manifest } from '../../models/manifest.ts';
import type { Point } from './face.ts';
import { mean } from './geometry.ts';

/**
 * Five points of a face: the left and the right eye, the nose, the left and the right corner of the
 * mouth. Left is the left side of the picture.
 */
export type FivePoints = readonly [Point, Point, Point, Point, Point];

/** The five points of a face, each the mean of those landmarks that the manifest lists for it. */
export function fiveOf(points: readonly Point[], [a, b, c, d, e]: Manifest['points']): FivePoints {
  const at = (list: readonly number[]): Point => mean(list.map((i) => points[i] ?? [0, 0]));
  return [at(a), at(b), at(c), at(d), at(e)];
}
