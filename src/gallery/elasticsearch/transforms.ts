import { LRUCache } from 'lru-cache';
import { scopeTransform, type Transform } from '../../secrets/transform.ts';
import type { OpenScope } from './scopes.ts';

/** Transforms kept, at most: those of 256 groups at 512 dimensions. Those of the scopes used longest ago go first. */
const KEPT_BYTES = 256 * 1024 * 1024;

/** The transform of a scope for embeddings of so many dimensions. */
export type Transforms = (scope: OpenScope, dims: number) => Transform;

/** The scopes' transforms, made at first use: to make one costs as much as to apply it a hundred times. */
export function keptTransforms(): Transforms {
  const kept = new LRUCache<string, Transform>({ maxSize: KEPT_BYTES });
  return (scope, dims) => {
    const name = `${scope.id}/${dims}`;
    const transform = kept.get(name) ?? scopeTransform(scope.key, dims);
    kept.set(name, transform, { size: dims * dims * Float32Array.BYTES_PER_ELEMENT });
    return transform;
  };
}

/** Base64 of big-endian float32, the compact form that Elasticsearch takes vectors in. */
export function encoded(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatBE(value, index * 4);
  return bytes.toString('base64');
}

/** The vector as Elasticsearch gives it: the numbers, or the text that it took. */
export function decoded(vector: readonly number[] | string): Float32Array {
  if (typeof vector !== 'string') return Float32Array.from(vector);
  const bytes = Buffer.from(vector, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatBE(index * 4));
}
