import type { estypes } from '@elastic/elasticsearch';

/**
 * Where a document is. The routing of a face is its scope, so that all faces of a scope are in one
 * shard.
 */
export interface Address {
  readonly index: string;
  readonly id: string;
  readonly routing?: string;
}

/**
 * The version of a document when it was read. A write with this version fails when the document has
 * changed since.
 */
export interface Version {
  readonly seqNo: number;
  readonly primaryTerm: number;
}

export interface Found<T> extends Address {
  readonly source: T;
  readonly version: Version;
}

/**
 * One write. `create` fails when the document exists. With `since`, a write fails when the document
 * has another version by now.
 */
export type Write =
  | { readonly kind: 'create' | 'index'; readonly at: Address; readonly source: object; readonly since?: Version }
  | { readonly kind: 'update'; readonly at: Address; readonly fields: object }
  | { readonly kind: 'delete'; readonly at: Address; readonly since?: Version };

/**
 * How a write ended. `conflict`: the document to create exists, or the document has changed since
 * the version in `since`. `missing`: there is no document to update or delete.
 */
export type Outcome = 'done' | 'conflict' | 'missing';

export type Query = NonNullable<estypes.QueryDslQueryContainer>;

/** Documents whose fields have these values. */
export function having(fields: Readonly<Record<string, string | number | boolean>>): Query {
  return { bool: { filter: Object.entries(fields).map(([field, value]) => ({ term: { [field]: value } })) } };
}
