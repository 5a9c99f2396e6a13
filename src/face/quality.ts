import { coveredParts } from './covered.ts';
import type { Quality } from './face.ts';
import type { Landmarks } from './landmarks.ts';
import { luma, type Pixels } from './pixels.ts';
import type { FivePoints } from './points.ts';
import type { Pyramid } from './pyramid.ts';

/**
 * The quality of a face. The eye distance is in pixels of `photo`, as the landmarks are.
 * @param aligned the face as the embedder sees it
 */
export function qualityOf({ points, five, unrest }: Landmarks, aligned: Pixels, photo: Pyramid): Quality {
  const grey = greyOf(aligned);
  const eyeDistance = Math.hypot(five[1][0] - five[0][0], five[1][1] - five[0][1]);
  const toEdges = points.flatMap(([x, y]) => [x, y, photo.width - x, photo.height - y]);
  return {
    eyeDistance,
    margin: Math.min(...toEdges) / eyeDistance,
    sharpness: laplacianVariance(grey, aligned.width, aligned.height),
    // In a profile, half of the points cannot be seen. The net guesses them, differently at each
    // look, and so `unrest` is high.
    turn: Math.max(turnOf(five), Math.min(1, (unrest - 1) / 8)),
    exposure: grey.reduce((sum, v) => sum + v, 0) / grey.length / 255,
    covered: coveredParts(photo, five),
  };
}

function greyOf({ rgb, width, height }: Pixels): Float32Array {
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = luma(rgb, i * 3);
  return grey;
}

/**
 * The variance of the 4-neighbour Laplacian (Pech-Pacheco et al. 2000), without the pixels at the
 * edge.
 */
function laplacianVariance(grey: Float32Array, width: number, height: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      const v = at(grey, i - 1) + at(grey, i + 1) + at(grey, i - width) + at(grey, i + width) - 4 * at(grey, i);
      sum += v;
      squares += v * v;
    }
  }
  const count = (width - 2) * (height - 2);
  return squares / count - (sum / count) ** 2;
}

/**
 * How far the nose is from the middle between the eyes, along the line through the eyes: 0 in the
 * middle, 1 under an eye or beyond.
 */
function turnOf([left, right, nose]: FivePoints): number {
  const ex = right[0] - left[0];
  const ey = right[1] - left[1];
  const along = ((nose[0] - left[0]) * ex + (nose[1] - left[1]) * ey) / (ex * ex + ey * ey);
  return Math.min(1, Math.abs(along - 0.5) * 2);
}

function at(array: Float32Array, index: number): number {
  return array[index] ?? 0;
}
