import { randomBytes } from 'node:crypto';
import type { Person, Place, ScopeId } from '../../consent/who.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { FoundBy } from '../gallery.ts';

/**
 * How stores name people, places and scopes, and to which additional data they bind sealed values.
 * All stores use these functions, so that a gallery can move from one store to another.
 */

/** A scope's id and its unwrapped key, with which everything in the scope can be unsealed. */
export interface ScopeKey {
  readonly id: ScopeId;
  readonly key: Uint8Array;
}

export function newScope(): ScopeKey {
  return { id: randomBytes(16).toString('base64url') as ScopeId, key: randomBytes(32) };
}

/** The salt of a person's subject in the ledger. An erasure destroys it. */
export function newSalt(): Uint8Array {
  return randomBytes(32);
}

export function placeHash(keys: Pick<Keys, 'lookup'>, { platform, id }: Place): string {
  return keyedHash(keys.lookup, 'place', platform, id);
}

/** The name under which a store keeps a person's data in a scope. It is erased with the data. */
export function personHash(keys: Pick<Keys, 'lookup'>, scope: ScopeId, { platform, id }: Person): string {
  return keyedHash(keys.lookup, 'person', scope, platform, id);
}

/**
 * The name of a person in a tombstone. It stays after an erasure, so it is made with another key
 * than {@link personHash}, which does not.
 */
export function tombstoneHash(keys: Pick<Keys, 'tombstone'>, scope: ScopeId, { platform, id }: Person): string {
  return keyedHash(keys.tombstone, 'person', scope, platform, id);
}

/** The name of a person's list of groups. It is erased when the last group leaves the list. */
export function membershipsHash(keys: Pick<Keys, 'lookup'>, { platform, id }: Person): string {
  return keyedHash(keys.lookup, 'memberships', platform, id);
}

/**
 * The name of the line in the search log about one person in one ask. `found` is the store's name
 * of that person.
 */
export function findHash({ key }: Pick<ScopeKey, 'key'>, kind: FoundBy['kind'], ask: string, found: string): string {
  return keyedHash(key, 'find', kind, ask, found);
}

/** The additional data of a scope's key, which MASTER_KEY wraps. */
export function scopeContext(scope: ScopeId): string {
  return `scopes|${scope}`;
}

/** The additional data of a scope's settings, which the scope's key seals. */
export function settingsContext(scope: ScopeId): string {
  return `settings|${scope}`;
}

/** The additional data of a place, which its scope's key seals. `hash` is its {@link placeHash}. */
export function placeContext(scope: ScopeId, hash: string): string {
  return `places|${scope}|${hash}`;
}

/** The additional data of a list of groups. `hash` is its {@link membershipsHash}. */
export function membershipsContext(hash: string): string {
  return `memberships|${hash}`;
}
