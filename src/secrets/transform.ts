import { createCipheriv, hkdfSync } from 'node:crypto';

/** A secret rotation of embeddings. It changes no distances. A rotated vector looks random. */
export interface Transform {
  /**
   * The vector in the form that is stored and searched. Its length is the same. A distance between
   * two such vectors differs from the original one by at most 1e-6.
   */
  apply(vector: Float32Array): Float32Array;
  /** The vector that {@link apply} got, apart from rounding. */
  invert(vector: Float32Array): Float32Array;
}

/** One reflection I − 2uuᵀ of the last `u.length` coordinates, times `sign`. */
interface Reflection {
  readonly u: Float64Array;
  readonly sign: 1 | -1;
}

const MAX_DIMS = 1024;

/**
 * The orthogonal transform of one scope, drawn uniformly (Haar measure) by the scope's key. The
 * same key and dims give the same transform on every machine, another key an unrelated one. So one
 * face in two scopes has vectors that nobody can link without the keys (renewability and
 * unlinkability of ISO/IEC 24745).
 *
 * It consists of `dims` Householder reflections of Gaussian vectors (Stewart 1980; with the signs
 * of Mezzadri, "How to generate random matrices from the classical compact groups", 2007, §5). It
 * costs dims² multiplications a vector and dims²/2 numbers of memory: keep it for many vectors.
 */
export function scopeTransform(scopeKey: Uint8Array, dims: number): Transform {
  if (!Number.isInteger(dims) || dims < 2 || dims > MAX_DIMS) throw new RangeError(`dims is 2 to ${MAX_DIMS}`);
  const gaussian = gaussians(scopeKey, dims);
  const reflections = Array.from({ length: dims }, (_, index) => reflection(gaussian, index + 1));
  return {
    apply: (vector) => turn(vector, reflections, dims),
    // Each reflection undoes itself. So they are done again, the last one first.
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

/** −sgn(x₁)·(I − 2uuᵀ) with u along x + sgn(x₁)‖x‖e₁, for a Gaussian x of `size` dimensions. */
function reflection(gaussian: () => number, size: number): Reflection {
  const u = Float64Array.from({ length: size }, gaussian);
  const first = u[0] as number;
  const sign = first < 0 ? -1 : 1;
  u[0] = first + sign * Math.hypot(...u);
  const norm = Math.hypot(...u);
  return { u: u.map((x) => x / norm), sign: sign === 1 ? -1 : 1 };
}

/**
 * Standard normal numbers (Box–Muller) from an AES-256-CTR key stream. Its key is used for nothing
 * else, and for `dims` alone.
 */
function gaussians(scopeKey: Uint8Array, dims: number): () => number {
  const key = new Uint8Array(hkdfSync('sha256', scopeKey, '', `facefinder/1/transform/${dims}`, 32));
  const stream = createCipheriv('aes-256-ctr', key, new Uint8Array(16));
  let block = Buffer.alloc(0);
  let at = 0;
  // 52 random bits in (0, 1). It is never 0, because the logarithm of 0 is infinite.
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
