import { randomBytes } from 'node:crypto';
import type { Person, Place, ScopeId } from '../../consent/who.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { FoundBy } from '../gallery.ts';

/**
 * How stores name people, places and scopes, and the additional data that each sealed value is
 * bound to. All stores use the same, so that a gallery can move between them.
 */

/** A scope's id with its unwrapped key: enough to read and write everything in it. */
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

/** Names a person with data in the scope. It is erased with the data. */
export function personHash(keys: Pick<Keys, 'lookup'>, scope: ScopeId, { platform, id }: Person): string {
  return keyedHash(keys.lookup, 'person', scope, platform, id);
}

/**
 * Names a person in a tombstone, which remains after an erasure. So it has another key than
 * {@link personHash}.
 */
export function tombstoneHash(keys: Pick<Keys, 'tombstone'>, scope: ScopeId, { platform, id }: Person): string {
  return keyedHash(keys.tombstone, 'person', scope, platform, id);
}

/** Names the list of all groups with data of a person. It is erased with the last of them. */
export function membershipsHash(keys: Pick<Keys, 'lookup'>, { platform, id }: Person): string {
  return keyedHash(keys.lookup, 'memberships', platform, id);
}

/**
 * Names the line of the search log for one ask and one person found. `found` is the store's name of
 * that person.
 */
export function findHash({ key }: Pick<ScopeKey, 'key'>, kind: FoundBy['kind'], ask: string, found: string): string {
  return keyedHash(key, 'find', kind, ask, found);
}

/** Additional data of a scope's key, wrapped by MASTER_KEY. */
export function scopeContext(scope: ScopeId): string {
  return `scopes|${scope}`;
}

/** Additional data of a scope's settings, sealed by its key. */
export function settingsContext(scope: ScopeId): string {
  return `settings|${scope}`;
}

/** Additional data of a place, sealed by its scope's key; `hash` is its {@link placeHash}. */
export function placeContext(scope: ScopeId, hash: string): string {
  return `places|${scope}|${hash}`;
}

/** Additional data of a list of groups; `hash` is its {@link membershipsHash}. */
export function membershipsContext(hash: string): string {
  return `memberships|${hash}`;
}
