import { Failure } from '../failure.ts';
import type { Box, Face } from './face.ts';

/**
 * How large a second face may be, as a share of the first one's area. If it is larger, nobody can
 * tell whose selfie it is.
 */
const MAX_BYSTANDER_AREA = 0.5;
/**
 * How many pixels there must be between the eyes. The embedder sees eyes 35 pixels apart, and a
 * picture enlarged much more than twice has detail that is not real.
 */
export const MIN_EYE_DISTANCE = 16;
/**
 * How large the variance of the Laplacian must be. A 250 px press photo that is blurred by 4 px has
 * less (`npm run bench blur`).
 */
export const MIN_SHARPNESS = 8;
/**
 * How far the head may be turned. At 1 the nose is under an eye, and the far half of the face is
 * hidden.
 */
export const MAX_TURN = 0.85;

/**
 * The one face of a selfie, if it is good enough for searches. Smaller faces behind it do not
 * count.
 * @throws Failure `no_face`, `several_faces`, `face_too_small`, `face_too_blurred`,
 * `face_turned_away` or `face_covered`
 */
export function selfieFace(faces: readonly Face[]): Face {
  const [largest, second] = faces.toSorted((a, b) => area(b.box) - area(a.box));
  if (!largest) throw new Failure('no_face');
  if (second && area(second.box) > MAX_BYSTANDER_AREA * area(largest.box)) throw new Failure('several_faces');
  if (largest.quality.eyeDistance < MIN_EYE_DISTANCE) throw new Failure('face_too_small');
  if (largest.quality.turn > MAX_TURN) throw new Failure('face_turned_away');
  if (largest.quality.sharpness < MIN_SHARPNESS) throw new Failure('face_too_blurred');
  if (largest.quality.covered.length > 0) throw new Failure('face_covered');
  return largest;
}

function area([, , width, height]: Box): number {
  return width * height;
}
