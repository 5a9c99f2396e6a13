import { createHash } from 'node:crypto';
import { SINGLE } from './templates.ts';

/**
 * Aliases, one per kind of document. Each points to one index: `<alias>-1`, and after a rebuild one
 * with a higher number.
 */
export interface Indices {
  /** The start of all names. */
  readonly prefix: string;
  readonly meta: string;
  readonly scopes: string;
  readonly places: string;
  readonly people: string;
  readonly memberships: string;
  readonly finds: string;
  readonly ledger: string;
  /** All of the above. */
  readonly single: readonly string[];
  /** One index per pack version: vectors of different models never meet. */
  readonly faces: (pack: string) => string;
  /** The pattern of all pack versions' indices. */
  readonly everyFaces: string;
  /** The indices from which rows are erased. The ledger is only appended to. */
  readonly erasable: readonly string[];
}

/** The names under `prefix`. */
export function indicesOf(prefix: string): Indices {
  return {
    prefix,
    meta: `${prefix}-meta`,
    scopes: `${prefix}-scopes`,
    places: `${prefix}-places`,
    people: `${prefix}-people`,
    memberships: `${prefix}-memberships`,
    finds: `${prefix}-finds`,
    ledger: `${prefix}-ledger`,
    faces: (pack) => `${prefix}-faces-${slug(pack)}`,
    everyFaces: `${prefix}-faces-*`,
    single: SINGLE.map((kind) => `${prefix}-${kind}`),
    erasable: ['scopes', 'places', 'people', 'memberships', 'finds', 'faces-*'].map((kind) => `${prefix}-${kind}`),
  };
}

/**
 * Not every pack id is a valid index name. So it becomes a readable part and a hash that keeps two
 * packs apart.
 */
function slug(pack: string): string {
  const readable = pack.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  return `${readable}-${createHash('sha256').update(pack).digest('hex').slice(0, 8)}`;
}
