import type { Correction } from '../face/correction.ts';
import type { Copied } from './defect-copies.ts';
import { DEFECTS } from './defects.ts';
import { seeded } from './seeded.ts';

/** How many directions are learned. In all further directions, copies differ about equally. */
const DIRECTIONS = 4;

/** How many times the iteration for the directions runs: ten times as often as needed. */
const TURNS = 300;

/**
 * Learns a correction: the mean of the faces without defects, and the directions in which the faces
 * of copies with defects differ most from the faces without (those with the largest second moments
 * of the differences). Each defect has the same weight.
 * @param copied vectors to which no correction was applied
 * @throws RangeError when there are none
 */
export function learnCorrection(copied: readonly Copied[]): Correction {
  const [first] = copied;
  if (!first) throw new RangeError('a correction is learned from faces');
  const dims = first.clean.length;
  const mean = new Float32Array(dims);
  for (const { clean } of copied)
    for (let i = 0; i < dims; i++) mean[i] = (mean[i] ?? 0) + (clean[i] ?? 0) / copied.length;
  return { mean, directions: largest(secondMoments(copied, dims), dims) };
}

/** The matrix of second moments, row by row: the sum over the defects of the mean of d·dᵀ. */
function secondMoments(copied: readonly Copied[], dims: number): Float64Array {
  const sum = new Float64Array(dims * dims);
  for (const defect of DEFECTS) {
    const differences = copied.flatMap(({ clean, copies }) => {
      const copy = copies.get(defect);
      return copy ? [copy.embedding.map((v, i) => v - (clean[i] ?? 0))] : [];
    });
    for (const difference of differences) {
      for (let i = 0; i < dims; i++) {
        const scaled = (difference[i] ?? 0) / differences.length;
        for (let j = 0; j < dims; j++) sum[i * dims + j] = (sum[i * dims + j] ?? 0) + scaled * (difference[j] ?? 0);
      }
    }
  }
  return sum;
}

/**
 * The {@link DIRECTIONS} eigenvectors of a symmetric matrix that have the largest eigenvalues,
 * orthonormal, by orthogonal iteration (Golub & Van Loan, §8.2.4).
 */
function largest(matrix: Float64Array, dims: number): Float32Array[] {
  const random = seeded(dims);
  let vectors = Array.from({ length: DIRECTIONS }, () => Float64Array.from({ length: dims }, () => random() - 0.5));
  for (let turn = 0; turn < TURNS; turn++) vectors = orthonormal(vectors.map((vector) => times(matrix, vector)));
  return vectors.map((vector) => Float32Array.from(vector));
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(vector, (_, i) => dot(matrix.subarray(i * vector.length, (i + 1) * vector.length), vector));
}

/** Makes the vectors orthonormal (Gram–Schmidt). */
function orthonormal(vectors: readonly Float64Array[]): Float64Array<ArrayBuffer>[] {
  const done: Float64Array<ArrayBuffer>[] = [];
  for (const vector of vectors) {
    let rest = Float64Array.from(vector);
    for (const one of done) {
      const along = dot(one, rest);
      rest = rest.map((v, i) => v - along * (one[i] ?? 0));
    }
    const length = Math.sqrt(dot(rest, rest));
    done.push(rest.map((v) => v / length));
  }
  return done;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);
}
