import { randomBytes } from 'node:crypto';
import type { Purpose } from '../consent/consent.ts';
import type { Person, Place } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import type { Pending } from '../queue/pending.ts';
import { type Kept, ownerOf, shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
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
  /** Gives the id to be put into a button or link; one of {@link newParkedId}, if it has to be known before. */
  readonly park: (ask: Ask, awaiting: Awaiting, ttlMs: number, id?: string) => Promise<string>;
  /**
   * As {@link park}, for the choice of how to leave. A shelf that takes nothing keeps nobody: then
   * this process remembers it, the latest of each person.
   */
  readonly parkLeaving: (ask: Ask, ttlMs: number) => Promise<string>;
  /** See {@link Pending.take}. */
  readonly take: (id: string, person: Person) => Promise<ParkedAsk | 'not_yours' | undefined>;
  /** Remembers that this person's next photo in this place completes `ask`; replaces an earlier one. */
  readonly awaitPhoto: (ask: Ask, ttlMs: number) => Promise<void>;
  /**
   * The ask that a photo from this person completes in the group of these places; sent in private (undefined), it completes the
   * latest of any.
   */
  readonly takeAwaiting: (person: Person, places: readonly Place[] | undefined) => Promise<Ask | undefined>;
}

/** Long enough to read a notice and take a selfie; no platform lets a photo expire sooner than in a day. */
export const PARKED_MS = 15 * 60_000;

/** More of them are not remembered while no shelf takes them. */
const MOST_LEAVING = 1_000;

/** 22 characters of A-Za-z0-9_-. */
export function newParkedId(): string {
  return randomBytes(16).toString('base64url');
}

/** Parked asks on the shelves of `pending`. */
export function parkedAsks(pending: Pending, keys: Keys, now: () => number): Parked {
  const parked = shelf<ParkedAsk>(pending, keys, 'parked');
  const awaiting = shelf<Ask>(pending, keys, 'awaiting');
  const awaitingId = (person: Person, place: Place | undefined) =>
    keyedHash(keys.lookup, 'awaiting', person.platform, person.id, place?.id ?? '');
  const latestOf = async (owner: string) => {
    const mine = (await awaiting.list()).filter((item) => item.owner === owner);
    return mine.toSorted((a, b) => b.expiresAt - a.expiresAt)[0]?.id;
  };

  /** The store has a clock of its own; ours decides what a person was promised. */
  const timely = <T>(kept: Pick<Kept<T>, 'value' | 'expiresAt'> | 'not_yours' | undefined): T | undefined =>
    typeof kept === 'object' && kept.expiresAt > now() ? kept.value() : undefined;

  /** By owner: what no shelf took of people who leave. */
  const leaving = new Map<string, { readonly id: string; readonly value: ParkedAsk; readonly expiresAt: number }>();
  const remember = (owner: string, id: string, value: ParkedAsk, expiresAt: number) => {
    for (const [key, kept] of leaving) if (kept.expiresAt <= now()) leaving.delete(key);
    if (leaving.size >= MOST_LEAVING) throw new Failure('busy');
    leaving.set(owner, { id, value, expiresAt });
  };

  const park: Parked['park'] = async (ask, awaited, ttlMs, id = newParkedId()) => {
    const value = { ask, awaiting: awaited };
    await parked.put({ id, owner: ownerOf(keys, ask.person), value, expiresAt: now() + ttlMs });
    return id;
  };

  return {
    park,
    async parkLeaving(ask, ttlMs) {
      const id = newParkedId();
      const awaited = { for: 'choice' } as const;
      return await park(ask, awaited, ttlMs, id).catch((error) => {
        if (!(error instanceof Failure)) throw error;
        remember(ownerOf(keys, ask.person), id, { ask, awaiting: awaited }, now() + ttlMs);
        return id;
      });
    },
    async take(id, person) {
      const owner = ownerOf(keys, person);
      for (const [key, kept] of leaving) {
        if (kept.id !== id) continue;
        if (key !== owner) return 'not_yours';
        leaving.delete(key);
        return timely({ ...kept, value: () => kept.value });
      }
      const taken = await parked.take(id, owner);
      return taken === 'not_yours' ? taken : timely(taken);
    },
    async awaitPhoto(ask, ttlMs) {
      const id = awaitingId(ask.person, ask.place);
      await awaiting.put({ id, owner: ownerOf(keys, ask.person), value: ask, expiresAt: now() + ttlMs });
    },
    async takeAwaiting(person, places) {
      const owner = ownerOf(keys, person);
      const latest = places ? undefined : await latestOf(owner);
      const ids = places?.map((place) => awaitingId(person, place)) ?? (latest === undefined ? [] : [latest]);
      for (const id of ids) {
        const taken = timely(await awaiting.take(id, owner));
        if (taken) return taken;
      }
      return undefined;
    },
  };
}
