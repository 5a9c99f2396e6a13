import type { Manifest } from '../../models/manifest.ts';
import type { Candidate } from './detect.ts';
import type { Point } from './face.ts';
import { apply, distance, mean, place, type Similarity } from './geometry.ts';
import { lift } from './lift.ts';
import { openNet } from './net.ts';
import { type FivePoints, fiveOf } from './points.ts';
import { type Pyramid, warpFrom } from './pyramid.ts';

export interface Landmarks {
  /** All points of the pack, in pixels of the photo. */
  readonly points: readonly Point[];
  readonly five: FivePoints;
  /**
   * How far the points moved between the last two looks at the face, in units of the pack's `rest`.
   * For upright faces it is 1 at most, and the landmarks count as settled. For faces that lie on
   * their side or are upside down, and for things that are no faces, it is far more. 0 when the
   * pack takes one look.
   */
  readonly unrest: number;
}

export type Landmarker = (photo: Pyramid, candidate: Candidate) => Promise<Landmarks>;

/** The grey that fills a cut-out where it goes beyond the photo. */
const OUTSIDE = 127;

export async function openLandmarker(manifest: Manifest, files: Readonly<Record<string, string>>): Promise<Landmarker> {
  const { landmarks, points: lists } = manifest;
  if (landmarks.kind === 'detector') {
    return async (_, { points }) => ({ points, five: fiveOf(points, lists), unrest: 0 });
  }
  const { input, output, centre, count, side, passes, rest } = landmarks;
  const net = await openNet(files[landmarks.file] ?? '', input);

  async function look(photo: Pyramid, toPhoto: Similarity): Promise<Point[]> {
    const found = (await net(lift(warpFrom(photo, toPhoto, input.width, input.height, OUTSIDE))))(output);
    return Array.from({ length: count }, (_, i) =>
      apply(toPhoto, [(found[2 * i] ?? 0) * input.width, (found[2 * i + 1] ?? 0) * input.height]),
    );
  }

  return async (photo, { x0, y0, x1, y1, angle, length }) => {
    const scale = (length * side) / input.width;
    const middle: Point = [input.width / 2, input.height / 2];
    const expected: Point = [centre[0] * input.width, centre[1] * input.height];
    let points = await look(photo, place(scale, angle, middle, [(x0 + x1) / 2, (y0 + y1) / 2]));
    let five = fiveOf(points, lists);
    let unrest = 0;
    // The net was trained with upright faces. So each further look turns the face until its eyes
    // are level, which makes the points more exact.
    for (let pass = 0; pass < passes; pass++) {
      const before = points;
      points = await look(photo, place(scale, tiltOf(five), expected, mean(five)));
      five = fiveOf(points, lists);
      unrest = meanDistance(before, points) / distance(five[0], five[1]) / rest;
    }
    return { points, five, unrest };
  };
}

/** The angle of the line through the eyes, in radians, clockwise. */
export function tiltOf([left, right]: FivePoints): number {
  return Math.atan2(right[1] - left[1], right[0] - left[0]);
}

function meanDistance(before: readonly Point[], after: readonly Point[]): number {
  return after.reduce((sum, point, i) => sum + distance(point, before[i] ?? point), 0) / after.length;
}
