import type { Person, ScopeId } from '../consent/who.ts';
import type { Pending } from '../queue/pending.ts';
import { ownerOf, shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';

/** What no sweep renews for so long is forgotten, and begins anew. */
const KEPT_MS = 90 * 86_400_000;

/**
 * Since when a platform has not said of somebody whether they are in their group. Sealed, under the person's own keyed hash: every
 * erasure of them drops it. Every method fails as {@link Pending} says.
 */
export interface Unproven {
  /** Milliseconds since 1970; undefined when it is not known of them. */
  since(scope: ScopeId, person: Person): Promise<number | undefined>;
  /** Notes that it is so since then. */
  note(scope: ScopeId, person: Person, since: number): Promise<void>;
  /** They were shown to be a member. */
  drop(scope: ScopeId, person: Person): Promise<void>;
}

/** Kept on a shelf of `pending`. */
export function unprovenOn(pending: Pending, keys: Keys, now: () => number): Unproven {
  const noted = shelf<number>(pending, keys, 'unproven');
  const idOf = (scope: ScopeId, { platform, id }: Person) => keyedHash(keys.lookup, 'unproven', scope, platform, id);
  return {
    since: async (scope, person) => (await noted.read(idOf(scope, person)))?.value(),
    async note(scope, person, since) {
      const id = idOf(scope, person);
      await noted.put({ id, owner: ownerOf(keys, person), value: since, expiresAt: now() + KEPT_MS });
    },
    drop: (scope, person) => noted.drop(idOf(scope, person)),
  };
}
