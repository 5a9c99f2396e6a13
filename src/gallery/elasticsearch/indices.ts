import { createHash } from 'node:crypto';
import { SINGLE } from './templates.ts';

/**
 * Aliases, one per kind of document. Each points to one index: `<alias>-1`, and after a rebuild one
 * with a higher number.
 */
export interface Indices {
  /** The first part of all names. */
  readonly prefix: string;
  readonly meta: string;
  readonly scopes: string;
  readonly places: string;
  readonly people: string;
  readonly memberships: string;
  readonly finds: string;
  readonly ledger: string;
  /** All the aliases above. */
  readonly single: readonly string[];
  /**
   * Each pack version has its own index, so that vectors of different models are never compared.
   */
  readonly faces: (pack: string) => string;
  /** The pattern that matches the indices of all pack versions. */
  readonly everyFaces: string;
  /**
   * The indices from which rows are erased. The ledger is not among them, because entries are only
   * added to it.
   */
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

/** The index that is made for an alias which has none. */
export const firstIndexOf = (alias: string): string => `${alias}-1`;

/**
 * The id of a pack as a part of an index name. An id may have signs that an index name may not
 * have. So these are replaced, and a hash is added, by which the names of two packs always differ.
 */
function slug(pack: string): string {
  const readable = pack.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  return `${readable}-${createHash('sha256').update(pack).digest('hex').slice(0, 8)}`;
}
