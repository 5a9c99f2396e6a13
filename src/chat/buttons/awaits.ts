import type { Person, Place } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Pending } from '../../queue/pending.ts';
import { type Kept, ownerOf, shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Ask } from '../ask.ts';

/** Asks that wait for photos. */
export interface Awaits {
  /**
   * Notes that this person's next photo in this place completes `ask`, or joins its `notice`.
   * Replaces an earlier note.
   */
  readonly awaitPhoto: (ask: Ask, ttlMs: number, notice?: OpenNotice) => Promise<void>;
  /**
   * Notes that the person was shown the notice for which `ask` waits. Only from then on do further
   * photos join that notice.
   */
  readonly noticeShown: (ask: Ask, notice: string) => Promise<void>;
  /** Ends every wait for photos of this person. */
  readonly awaitNone: (person: Person) => Promise<void>;
  /**
   * Takes the ask that `photos` complete in the group of these places. Without places, the photos
   * came in private, and complete the latest ask in any group. After that, only further deliveries
   * of the same update get the ask again.
   */
  readonly takeAwaiting: (
    photos: Pick<Ask, 'id' | 'person'>,
    places: readonly Place[] | undefined,
  ) => Promise<WaitingAsk | undefined>;
}

/** A notice. While it is open, further photos join the ask that is parked behind it. */
export interface OpenNotice {
  /** The id of the parked ask behind the notice. */
  readonly notice: string;
  /**
   * The update that the notice answers. A repeated delivery of this update gets the notice again.
   */
  readonly answers?: string;
  /** Set once the notice was shown. The program may end before that. */
  readonly isShown?: boolean;
}

/** An ask that waits for photos. */
export interface WaitingAsk {
  readonly ask: Ask;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** The parked ask behind the notice for these photos. Undefined until that notice was shown. */
  readonly notice: string | undefined;
}

/** The item on the shelf of asks that wait for photos. */
type Awaited = Ask & Partial<OpenNotice> & { readonly takenBy?: string };

/** Asks that wait for photos, on their shelf. */
export function awaits(pending: Pending, keys: Keys, now: () => number): Awaits {
  const awaiting = shelf<Awaited>(pending, keys, 'awaiting');
  const awaitingId = (person: Person, place: Place | undefined) =>
    keyedHash(keys.lookup, 'awaiting', person.platform, person.id, place?.id ?? '');
  const latestOf = async (owner: string) => {
    const mine = await awaiting.owned(owner);
    return mine.toSorted((a, b) => b.expiresAt - a.expiresAt).map(({ id }) => id);
  };
  /**
   * Marks the item as taken by an update. False when another update took it, or it changed since it
   * was read.
   */
  const take = async (kept: Kept<Awaited>, value: Awaited, update: string): Promise<boolean> => {
    if (value.takenBy !== undefined) return value.takenBy === update;
    try {
      return await awaiting.replace(kept, { ...value, takenBy: update });
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'busy') throw error;
      // A shelf that accepts no writes still deletes. So the item is deleted instead of marked.
      return typeof (await awaiting.take(kept.id, kept.owner)) === 'object';
    }
  };

  return {
    async awaitPhoto(ask, ttlMs, notice) {
      const id = awaitingId(ask.person, ask.place);
      const value = { ...ask, ...notice };
      await awaiting.put({ id, owner: ownerOf(keys, ask.person), value, expiresAt: now() + ttlMs });
    },
    async noticeShown({ person, place }, notice) {
      const kept = await awaiting.read(awaitingId(person, place));
      const value = kept?.value();
      if (kept && value?.notice === notice) await awaiting.replace(kept, { ...value, isShown: true });
    },
    async awaitNone(person) {
      for (const { id } of await awaiting.owned(ownerOf(keys, person))) await awaiting.drop(id);
    },
    async takeAwaiting({ id: update, person }, places) {
      const owner = ownerOf(keys, person);
      const ids = places?.map((place) => awaitingId(person, place)) ?? (await latestOf(owner));
      for (const id of ids) {
        const kept = await awaiting.read(id);
        // A store that expires items by its own clock may do so later than `now` says.
        if (kept?.owner !== owner || kept.expiresAt <= now()) continue;
        const value = kept.value();
        if (!value || !(await take(kept, value, update))) continue;
        const { notice, answers, isShown, takenBy: _, ...ask } = value;
        const isOpen = isShown === true && answers !== update;
        return { ask, expiresAt: kept.expiresAt, notice: isOpen ? notice : undefined };
      }
      return undefined;
    },
  };
}
