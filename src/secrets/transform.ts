import { createCipheriv, hkdfSync } from 'node:crypto';

/** A secret rotation of embeddings. It changes no distances, and a rotated vector looks random. */
export interface Transform {
  /**
   * The rotated vector, which is what is stored and searched. Its length is that of `vector`. The
   * distance of two rotated vectors is that of the original vectors to within 1e-6.
   */
  apply(vector: Float32Array): Float32Array;
  /** The original of a vector that {@link apply} gave, to within rounding. */
  invert(vector: Float32Array): Float32Array;
}

/** The reflection I − 2uuᵀ, times `sign`, of the last `u.length` coordinates of a vector. */
interface Reflection {
  readonly u: Float64Array;
  readonly sign: 1 | -1;
}

const MAX_DIMS = 1024;

/**
 * The orthogonal transform of one scope, drawn uniformly (Haar measure) from random numbers that
 * follow from the scope's key. The same key and dims give the same transform on every machine.
 * Transforms of different keys are unrelated. So without the keys, nobody can tell that vectors in
 * two scopes are of one face (renewability and unlinkability of ISO/IEC 24745).
 *
 * It consists of `dims` Householder reflections by Gaussian vectors (Stewart 1980; with the signs
 * of Mezzadri, "How to generate random matrices from the classical compact groups", 2007, §5). It
 * takes dims² multiplications a vector, and memory for dims²/2 numbers. It is slow to make, so keep
 * it for many vectors.
 */
export function scopeTransform(scopeKey: Uint8Array, dims: number): Transform {
  if (!Number.isInteger(dims) || dims < 2 || dims > MAX_DIMS) throw new RangeError(`dims is 2 to ${MAX_DIMS}`);
  const gaussian = gaussians(scopeKey, dims);
  const reflections = Array.from({ length: dims }, (_, index) => reflection(gaussian, index + 1));
  return {
    apply: (vector) => turn(vector, reflections, dims),
    // Each reflection is its own inverse. So the same reflections in reverse order invert them all.
    invert: (vector) => turn(vector, reflections.toReversed(), dims),
  };
}

function turn(vector: Float32Array, reflections: readonly Reflection[], dims: number): Float32Array {
  if (vector.length !== dims) throw new RangeError(`this transform is for ${dims} dimensions, not ${vector.length}`);
  const out = Float64Array.from(vector);
  for (const reflection of reflections) reflect(out, reflection);
  return Float32Array.from(out);
}

function reflect(vector: Float64Array, { u, sign }: Reflection): void {
  const tail = vector.subarray(vector.length - u.length);
  let along = 0;
  for (let i = 0; i < tail.length; i++) along += (tail[i] as number) * (u[i] as number);
  along *= 2;
  for (let i = 0; i < tail.length; i++) tail[i] = sign * ((tail[i] as number) - along * (u[i] as number));
}

/**
 * The reflection −sgn(x₁)·(I − 2uuᵀ), for a Gaussian vector x of `size` dimensions. The unit vector
 * u has the direction of x + sgn(x₁)‖x‖e₁.
 */
function reflection(gaussian: () => number, size: number): Reflection {
  const u = Float64Array.from({ length: size }, gaussian);
  const first = u[0] as number;
  const sign = first < 0 ? -1 : 1;
  u[0] = first + sign * Math.hypot(...u);
  const norm = Math.hypot(...u);
  return { u: u.map((x) => x / norm), sign: sign === 1 ? -1 : 1 };
}

/**
 * Gives a function that gives standard normal numbers (Box–Muller) from an AES-256-CTR key stream.
 * The stream's key is derived from the scope's key, and is used only for this and only for `dims`.
 */
function gaussians(scopeKey: Uint8Array, dims: number): () => number {
  const key = new Uint8Array(hkdfSync('sha256', scopeKey, '', `facefinder/1/transform/${dims}`, 32));
  const stream = createCipheriv('aes-256-ctr', key, new Uint8Array(16));
  let block = Buffer.alloc(0);
  let at = 0;
  // A random number in (0, 1) with 52 bits. It may not be 0, because the logarithm of 0 is
  // infinite.
  const uniform = () => {
    if (at === block.length) {
      block = stream.update(new Uint8Array(8192));
      at = 0;
    }
    const bits = block.readBigUInt64LE(at) >> 12n;
    at += 8;
    return (Number(bits) + 0.5) / 2 ** 52;
  };
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const second = spare;
      spare = undefined;
      return second;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
