import type { Manifest } from '../../models/manifest.ts';

/**
 * The correction that makes an embedding from a net's vector ({@link corrected}): see `correction`
 * in the manifest.
 */
export interface Correction {
  /** The mean, with as many numbers as the pack's vectors. */
  readonly mean: Float32Array;
  /** Orthonormal directions, each with as many numbers as the pack's vectors. */
  readonly directions: readonly Float32Array[];
}

/**
 * The embedding of a vector: the mean is subtracted, the part along each direction is removed, and
 * the rest is normalised. The part along such a direction depends on the photo and not on its
 * person: for two strangers in glasses it is similar. (Nuisance attribute projection: Solomonoff,
 * Campbell and Boardman 2005, "Advances in channel compensation for SVM speaker recognition".)
 * @param vector of length 1; it is not changed
 */
export function corrected(vector: Float32Array, { mean, directions }: Correction): Float32Array {
  const rest = vector.map((v, i) => v - (mean[i] ?? 0));
  for (const direction of directions) {
    const along = direction.reduce((sum, d, i) => sum + d * (rest[i] ?? 0), 0);
    for (const [i, d] of direction.entries()) rest[i] = (rest[i] ?? 0) - along * d;
  }
  return normalised(rest);
}

/** A vector scaled to length 1. */
export function normalised(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((v) => v / length);
}

/** The manifest's correction, if it has one. */
export function readCorrection({ correction }: Manifest['embedder']): Correction | undefined {
  return correction && { mean: read(correction.mean), directions: correction.directions.map(read) };
}

/** The correction in the form of the manifest. */
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
