import type { Manifest } from '../../models/manifest.ts';
import type { Candidate } from './detect.ts';
import { bestFit, invert, place } from './geometry.ts';
import { tiltOf } from './landmarks.ts';
import type { Pixels } from './pixels.ts';
import type { FivePoints } from './points.ts';
import { type Pyramid, warpFrom } from './pyramid.ts';

/**
 * The aligned face, cut out as the embedder was trained to see faces: a square of the pack's size,
 * black where it goes beyond the photo's edge.
 */
export function align(photo: Pyramid, candidate: Candidate, five: FivePoints, { align: spec }: Manifest): Pixels {
  const { size } = spec;
  if (spec.kind === 'points') return warpFrom(photo, invert(bestFit(five, spec.template)), size, size, 0);
  const { x0, y0, x1, y1 } = candidate;
  const side = Math.max(x1 - x0, y1 - y0) * (1 + spec.margin);
  const toPhoto = place(side / size, tiltOf(five), [size / 2, size / 2], [(x0 + x1) / 2, (y0 + y1) / 2]);
  return warpFrom(photo, toPhoto, size, size, 0);
}
