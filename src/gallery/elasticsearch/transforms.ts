import { LRUCache } from 'lru-cache';
import { scopeTransform, type Transform } from '../../secrets/transform.ts';
import type { OpenScope } from './scopes.ts';

/**
 * How many bytes of memory transforms may use: enough for 256 groups at 512 dimensions. The
 * transform that was not used for the longest time is dropped first.
 */
const KEPT_BYTES = 256 * 1024 * 1024;

/** A scope's transform for embeddings of this many dimensions. */
export type Transforms = (scope: OpenScope, dims: number) => Transform;

/**
 * Makes the transform of a scope when it is first used, and keeps it. Making one takes as long as
 * applying it a hundred times.
 */
export function keptTransforms(): Transforms {
  const kept = new LRUCache<string, Transform>({ maxSize: KEPT_BYTES });
  return (scope, dims) => {
    const name = `${scope.id}/${dims}`;
    const transform = kept.get(name) ?? scopeTransform(scope.key, dims);
    kept.set(name, transform, { size: dims * dims * Float32Array.BYTES_PER_ELEMENT });
    return transform;
  };
}

/** Base64 of big-endian float32, the compact form in which Elasticsearch accepts vectors. */
export function encoded(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatBE(value, index * 4);
  return bytes.toString('base64');
}

/** The vector in an answer of Elasticsearch, which has numbers or the stored base64 text. */
export function decoded(vector: readonly number[] | string): Float32Array {
  if (typeof vector !== 'string') return Float32Array.from(vector);
  const bytes = Buffer.from(vector, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatBE(index * 4));
}
