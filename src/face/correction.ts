import type { Manifest } from '../../models/manifest.ts';

/** What is done to a vector of the net before it is an embedding: see `correction` in the manifest. */
export interface Correction {
  /** Of the pack's dims. */
  readonly mean: Float32Array;
  /** Orthonormal, each of the pack's dims. */
  readonly directions: readonly Float32Array[];
}

/**
 * The embedding of a vector: less the mean, less its part in each direction, and of length 1 again. How it differs from another one in a
 * direction tells how the photos differ, not the people: two strangers in glasses have it in common.
 * (Nuisance attribute projection: Solomonoff, Campbell and Boardman 2005, "Advances in channel
 * compensation for SVM speaker recognition".)
 * @param vector of length 1; left as it is
 */
export function corrected(vector: Float32Array, { mean, directions }: Correction): Float32Array {
  const rest = vector.map((v, i) => v - (mean[i] ?? 0));
  for (const direction of directions) {
    const along = direction.reduce((sum, d, i) => sum + d * (rest[i] ?? 0), 0);
    for (const [i, d] of direction.entries()) rest[i] = (rest[i] ?? 0) - along * d;
  }
  return normalised(rest);
}

/** Of length 1. */
export function normalised(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((v) => v / length);
}

/** The correction as a manifest has it, if it has one. */
export function readCorrection({ correction }: Manifest['embedder']): Correction | undefined {
  return correction && { mean: read(correction.mean), directions: correction.directions.map(read) };
}

/** The correction for a manifest. */
export function writtenCorrection({ mean, directions }: Correction) {
  return { mean: written(mean), directions: directions.map(written) };
}

/** Little-endian floats of 32 bits, in base64. */
function written(numbers: Float32Array): string {
  const view = new DataView(new ArrayBuffer(numbers.length * 4));
  for (const [i, number] of numbers.entries()) view.setFloat32(i * 4, number, true);
  return Buffer.from(view.buffer).toString('base64');
}

function read(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}
