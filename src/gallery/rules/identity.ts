import { randomBytes } from 'node:crypto';
import type { Person, Place, ScopeId } from '../../consent/who.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { FoundBy } from '../gallery.ts';

/**
 * Under which names stores keep people, places and scopes, and to which place a sealed value is
 * bound. All stores use the same, so that a gallery can move from one to the other.
 */

/** A scope's id with its unwrapped key: what is needed to read or write anything in it. */
export interface ScopeKey {
  readonly id: ScopeId;
  readonly key: Uint8Array;
}

export function newScope(): ScopeKey {
  return { id: randomBytes(16).toString('base64url') as ScopeId, key: randomBytes(32) };
}

/** What a person's subject in the ledger is made with; destroyed by an erasure. */
export function newSalt(): Uint8Array {
  return randomBytes(32);
}

export function placeHash(keys: Pick<Keys, 'lookup'>, { platform, id }: Place): string {
  return keyedHash(keys.lookup, 'place', platform, id);
}

/** Of somebody of whom something is held in the scope; erased with that. */
export function personHash(keys: Pick<Keys, 'lookup'>, scope: ScopeId, { platform, id }: Person): string {
  return keyedHash(keys.lookup, 'person', scope, platform, id);
}

/** What an erasure leaves of a person, hence another key than {@link personHash} has. */
export function tombstoneHash(keys: Pick<Keys, 'tombstone'>, scope: ScopeId, { platform, id }: Person): string {
  return keyedHash(keys.tombstone, 'person', scope, platform, id);
}

/** Of the list of all groups in which something is held of a person; erased with the last of them. */
export function membershipsHash(keys: Pick<Keys, 'lookup'>, { platform, id }: Person): string {
  return keyedHash(keys.lookup, 'memberships', platform, id);
}

/** One line of the search log for each ask and person found; `found` is the store's name of that person. */
export function findHash({ key }: Pick<ScopeKey, 'key'>, kind: FoundBy['kind'], ask: string, found: string): string {
  return keyedHash(key, 'find', kind, ask, found);
}

/** Additional data of a scope's key, wrapped by MASTER_KEY. */
export function scopeContext(scope: ScopeId): string {
  return `scopes|${scope}`;
}

/** Additional data of what a scope's group is set to, sealed by its key. */
export function settingsContext(scope: ScopeId): string {
  return `settings|${scope}`;
}

/** Additional data of a place, sealed by its scope's key; `hash` is its {@link placeHash}. */
export function placeContext(scope: ScopeId, hash: string): string {
  return `places|${scope}|${hash}`;
}

/** Additional data of such a list; `hash` is its {@link membershipsHash}. */
export function membershipsContext(hash: string): string {
  return `memberships|${hash}`;
}
