import { Failure } from '../failure.ts';
import type { Box, Face } from './face.ts';

/**
 * How large the second largest face may be, as a share of the largest one's area. If it is larger,
 * it is not clear whose selfie the photo is.
 */
const MAX_BYSTANDER_AREA = 0.5;
/**
 * How many pixels must be between the eyes. In the face that the embedder gets, the eyes are 35
 * pixels apart. So with fewer pixels than this, the face would be enlarged to far more than twice
 * its size, and the embedder would get detail that the photo does not have.
 */
export const MIN_EYE_DISTANCE = 16;
/**
 * How large {@link Quality.sharpness} must be. A press photo of 250 pixels that is blurred by 4
 * pixels has less (`npm run bench blur`).
 */
export const MIN_SHARPNESS = 8;
/**
 * How far the head may be turned ({@link Quality.turn}). At 1 the nose is under an eye, and the far
 * half of the face is hidden.
 */
export const MAX_TURN = 0.85;

/**
 * The face of a selfie, if it is good enough for searches. Much smaller faces, as in the
 * background, are ignored.
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
