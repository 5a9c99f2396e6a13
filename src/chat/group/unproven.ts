import type { Person, ScopeId } from '../../consent/who.ts';
import type { Pending } from '../../queue/pending.ts';
import { ownerIn, shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';

/** After this long a note expires, unless a sweep renews it. */
const KEPT_MS = 90 * 86_400_000;

/**
 * Keeps notes that say since when a platform has not confirmed that somebody is in their group. A
 * note belongs to the person in that group, so that every erasure of them there drops it. Every
 * method fails as {@link Pending} says.
 */
export interface Unproven {
  /** Since when the person is not confirmed, milliseconds since 1970. Undefined without a note. */
  since(scope: ScopeId, person: Person): Promise<number | undefined>;
  /** Notes since when the person has not been confirmed. */
  note(scope: ScopeId, person: Person, since: number): Promise<void>;
  /** Drops the note, because the person was confirmed as a member. */
  drop(scope: ScopeId, person: Person): Promise<void>;
}

/** Keeps the notes on a shelf of `pending`. */
export function unprovenOn(pending: Pending, keys: Keys, now: () => number): Unproven {
  const noted = shelf<number>(pending, keys, 'unproven');
  const idOf = (scope: ScopeId, { platform, id }: Person) => keyedHash(keys.lookup, 'unproven', scope, platform, id);
  return {
    since: async (scope, person) => (await noted.read(idOf(scope, person)))?.value(),
    async note(scope, person, since) {
      const id = idOf(scope, person);
      await noted.put({ id, owner: ownerIn(keys, person, scope), value: since, expiresAt: now() + KEPT_MS });
    },
    drop: (scope, person) => noted.drop(idOf(scope, person)),
  };
}
