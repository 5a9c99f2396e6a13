import type { Manifest } from '../../models/manifest.ts';
import type { Candidate } from './detect.ts';
import type { Point } from './face.ts';
import { apply, mean, place } from './geometry.ts';
import { openNet } from './net.ts';
import { type Pixels, warp } from './pixels.ts';

/** As seen in the picture from the left: eye, eye, nose, corner of the mouth, corner of the mouth. */
export type FivePoints = readonly [Point, Point, Point, Point, Point];

export interface Landmarks {
  /** All that the pack gives, in working pixels. */
  readonly points: readonly Point[];
  readonly five: FivePoints;
}

export type Landmarker = (photo: Pixels, candidate: Candidate) => Promise<Landmarks>;

/** Grey of what lies outside the photo. */
const OUTSIDE = 127;

export async function openLandmarker(manifest: Manifest, files: Readonly<Record<string, string>>): Promise<Landmarker> {
  const { landmarks, points: lists } = manifest;
  if (landmarks.kind === 'detector') return async (_, { points }) => ({ points, five: fiveOf(points, lists) });
  const { input, centre, count, side, passes } = landmarks;
  const net = await openNet(files[landmarks.file] ?? '', input);

  async function look(photo: Pixels, middle: Point, size: number, angle: number, at: Point): Promise<Landmarks> {
    const toPhoto = place(size / input.width, angle, [at[0] * input.width, at[1] * input.height], middle);
    const output = (await net(warp(photo, toPhoto, input.width, input.height, OUTSIDE)))(
      landmarks.kind === 'net' ? landmarks.output : '',
    );
    const points: Point[] = [];
    for (let i = 0; i < count; i++) {
      points.push(apply(toPhoto, [(output[2 * i] ?? 0) * input.width, (output[2 * i + 1] ?? 0) * input.height]));
    }
    return { points, five: fiveOf(points, lists) };
  }

  return async (photo, { x0, y0, x1, y1, angle }) => {
    const size = (y1 - y0) * side;
    let found = await look(photo, [(x0 + x1) / 2, (y0 + y1) / 2], size, angle, [0.5, 0.5]);
    // The net was trained on upright faces: seen again with the eyes level, a tilted face is placed better.
    for (let pass = 0; pass < passes; pass++) {
      found = await look(photo, mean(found.five), size, tiltOf(found.five), centre);
    }
    return found;
  };
}

/** The angle of the line through the eyes, radians, clockwise. */
export function tiltOf([left, right]: FivePoints): number {
  return Math.atan2(right[1] - left[1], right[0] - left[0]);
}

function fiveOf(points: readonly Point[], [a, b, c, d, e]: Manifest['points']): FivePoints {
  const at = (list: readonly number[]): Point => mean(list.map((i) => points[i] ?? [0, 0]));
  return [at(a), at(b), at(c), at(d), at(e)];
}
