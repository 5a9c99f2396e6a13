import { randomBytes } from 'node:crypto';
import type { Purpose } from '../consent/consent.ts';
import type { Person, Place } from '../consent/who.ts';
import type { Pending, PendingItem } from '../queue/pending.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import { sealJson, unsealJson } from '../secrets/seal.ts';
import type { Ask } from './ask.ts';

/** What a parked ask waits for; decides what a choice means. */
export type Awaiting =
  | {
      readonly for: 'consent';
      readonly purpose: Purpose;
      readonly version: number;
      readonly hash: string;
      /** That the notice stated; absent from what an older facefinder parked. */
      readonly retentionDays?: number;
      /** The person's epoch when the notice was shown: an erasure since then makes agreeing to it void. */
      readonly epoch: number;
    }
  /** The command runs again, with the choice in `ask.choice`. */
  | { readonly for: 'choice' }
  /** The choice is an index into these. */
  | { readonly for: 'place'; readonly places: readonly Place[] }
  /** A deep link. */
  | { readonly for: 'opening' };

export interface ParkedAsk {
  readonly ask: Ask;
  readonly awaiting: Awaiting;
}

/** Half-finished conversations: single use, bound to the person, sealed. */
export interface Parked {
  /** Gives the id to be put into a button or link: 22 characters of A-Za-z0-9_-. */
  readonly park: (ask: Ask, awaiting: Awaiting, ttlMs: number) => Promise<string>;
  /** See {@link Pending.take}. */
  readonly take: (id: string, person: Person) => Promise<ParkedAsk | 'not_yours' | undefined>;
  /** Remembers that this person's next photo in this place completes `ask`; replaces an earlier one. */
  readonly awaitPhoto: (ask: Ask, ttlMs: number) => Promise<void>;
  /** The ask that a photo from this person in this place completes; sent in private, it completes the latest of any place. */
  readonly takeAwaiting: (person: Person, place: Place | undefined) => Promise<Ask | undefined>;
}

/** Long enough to read a notice and take a selfie; no platform lets a photo expire sooner than in a day. */
export const PARKED_MS = 15 * 60_000;

/** The keyed hash that stands for a person in the queue and on the shelves. */
export function ownerOf(keys: Keys, person: Person): string {
  return keyedHash(keys.lookup, 'owner', person.platform, person.id);
}

/** Parked asks on the shelves of `pending`. */
export function parkedAsks(pending: Pending, keys: Keys, now: () => number): Parked {
  const awaitingId = (person: Person, place: Place | undefined) =>
    keyedHash(keys.lookup, 'awaiting', person.platform, person.id, place?.id ?? '');
  const latestOf = async (owner: string) => {
    const mine = (await pending.list('awaiting')).filter((item) => item.owner === owner);
    return mine.toSorted((a, b) => b.expiresAt - a.expiresAt)[0]?.id;
  };

  /** The store has a clock of its own; ours decides what a person was promised. */
  const isTimely = (item: PendingItem | 'not_yours' | undefined): item is PendingItem =>
    typeof item === 'object' && item.expiresAt > now();

  return {
    async park(ask, awaiting, ttlMs) {
      const id = randomBytes(16).toString('base64url');
      const body = sealJson(keys.jobs, { ask, awaiting } satisfies ParkedAsk, `parked:${id}`);
      await pending.put('parked', { id, owner: ownerOf(keys, ask.person), body, expiresAt: now() + ttlMs });
      return id;
    },
    async take(id, person) {
      const item = await pending.take('parked', id, ownerOf(keys, person));
      if (item === 'not_yours') return item;
      return isTimely(item) ? unsealJson<ParkedAsk>(keys.jobs, item.body, `parked:${id}`) : undefined;
    },
    async awaitPhoto(ask, ttlMs) {
      const id = awaitingId(ask.person, ask.place);
      const body = sealJson(keys.jobs, ask, `awaiting:${id}`);
      await pending.put('awaiting', { id, owner: ownerOf(keys, ask.person), body, expiresAt: now() + ttlMs });
    },
    async takeAwaiting(person, place) {
      const owner = ownerOf(keys, person);
      const id = place ? awaitingId(person, place) : await latestOf(owner);
      const item = id === undefined ? undefined : await pending.take('awaiting', id, owner);
      return isTimely(item) ? unsealJson<Ask>(keys.jobs, item.body, `awaiting:${id}`) : undefined;
    },
  };
}
