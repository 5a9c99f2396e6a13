import type { estypes } from '@elastic/elasticsearch';

/** Where a document stands. Faces also need their scope as routing, which keeps a scope's faces together in one shard. */
export interface Address {
  readonly index: string;
  readonly id: string;
  readonly routing?: string;
}

/** What a document must still be for a write to happen: the value read with it. */
export interface Version {
  readonly seqNo: number;
  readonly primaryTerm: number;
}

export interface Found<T> extends Address {
  readonly source: T;
  readonly version: Version;
}

/** `create` fails when the document exists; with `unless changed since` a write fails when it is another version by now. */
export type Write =
  | { readonly kind: 'create' | 'index'; readonly at: Address; readonly source: object; readonly since?: Version }
  | { readonly kind: 'update'; readonly at: Address; readonly fields: object }
  | { readonly kind: 'delete'; readonly at: Address; readonly since?: Version };

/** `conflict`: it exists already, or was changed since. `missing`: nothing to update or delete. */
export type Outcome = 'done' | 'conflict' | 'missing';

export type Query = NonNullable<estypes.QueryDslQueryContainer>;

/** Documents whose fields have these values. */
export function having(fields: Readonly<Record<string, string | number | boolean>>): Query {
  return { bool: { filter: Object.entries(fields).map(([field, value]) => ({ term: { [field]: value } })) } };
}
