import type { Person, Place } from '../../consent/who.ts';
import type { Pending } from '../../queue/pending.ts';
import { ownerOf, shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Ask, PhotoRef } from '../ask.ts';
import type { DailyPhotos } from './daily-photos.ts';
import { type Beginning, type Head, oldHeard, taken, takesMore, WAITS_MS } from './head.ts';
import { type Heads, headOf, headsOn, type Opened, type Opening } from './heads.ts';
import { type Parts, partsOn } from './parts.ts';

/** How many characters of a message's hash are kept. They tell apart the messages of one series. */
const MARK_CHARACTERS = 12;

/** A photo that waits to be looked at. */
export interface WaitingPhoto {
  /** The id of its item. */
  readonly item: string;
  readonly photo: PhotoRef;
}

/** A series that a worker should look at. `isLate`: its time ended while no worker ran. */
export interface Due extends Opened {
  readonly isLate: boolean;
}

/** The stored value: the photo, and the hash of the message that it came with. */
interface Parked {
  readonly mark: string;
  readonly photo: PhotoRef;
}

/**
 * Photos that people send after a /me, without a command. Each person has one series at a time: its
 * head says how far it is, and each photo that waits or was found is an item of its own, a
 * reference without bytes. All are sealed under the person's keyed hash, so that every erasure of
 * the person drops all. Every method fails as {@link Pending} says.
 */
export interface Series {
  /**
   * Begins a series for this /me. If the person already has a series in one of these places that
   * takes photos, it gets more time instead. A series that was held is held no longer, unless
   * `isHeld` says so again.
   */
  readonly open: (ask: Ask, about: Beginning & { readonly places: readonly Place[] }) => Promise<Opening>;
  /**
   * Takes in the photos of an ask without a command, once however often it is delivered. False when
   * the person has no series that takes photos.
   */
  readonly take: (ask: Ask) => Promise<boolean>;
  /**
   * All series that a worker should look at now. Drops those that nobody needs any more. Series
   * that are not due cost no time.
   */
  readonly due: () => Promise<Due[]>;
  /** The person's series; undefined without one. */
  readonly of: Heads['find'];
  readonly change: Heads['change'];
  /** The first photos that wait, in the order they came. */
  readonly waiting: (head: Head, most: number) => Promise<WaitingPhoto[]>;
  /** Drops a photo that was looked at. */
  readonly dropPhoto: (item: string) => Promise<void>;
  /** Drops all waiting photos of the head's person. */
  readonly dropPhotos: (head: Head) => Promise<void>;
  /** What a series has that would make its head too long. */
  readonly parts: Parts;
  /** Drops the series and all that belongs to it. */
  readonly end: (id: string, head: Head) => Promise<void>;
  /** Drops this person's series. */
  readonly forget: (person: Person) => Promise<void>;
  /** Ends all turns of workers, because their processes are gone. */
  readonly resume: Heads['resume'];
}

/** Kept on three shelves of `pending`; `now` is in milliseconds since 1970. */
export function seriesOn(pending: Pending, keys: Keys, daily: DailyPhotos, now: () => number): Series {
  const heads = headsOn(pending, keys, now);
  const { change } = heads;
  const photos = shelf<Parked>(pending, keys, 'seriesphoto');
  const parts = partsOn(pending, keys);
  const markOf = (ask: Pick<Ask, 'id'>) => keyedHash(keys.lookup, 'series of', ask.id).slice(0, MARK_CHARACTERS);

  const dropPhotos: Series['dropPhotos'] = async ({ ask }) => {
    for (const { id } of await photos.owned(ownerOf(keys, ask.person))) await photos.drop(id);
  };

  const end: Series['end'] = async (id, head) => {
    const present = await heads.find(head.ask.person);
    // The person has begun another series by now. What belongs to that series must stay.
    if (present && present.head.id !== head.id) return;
    await dropPhotos(head);
    await parts.dropAll(head);
    await heads.drop(id);
  };

  /** Keeps the oldest hashes of messages outside the head, so that it stays short. */
  const shorten = async (id: string, head: Head) => {
    const old = oldHeard(head);
    if (old.length === 0) return;
    await parts.hear(head, old);
    const isShorter = await change(id, (one) =>
      one.id === head.id ? { ...one, heard: one.heard.filter((mark) => !old.includes(mark)) } : undefined,
    );
    // The person was erased, or has begun another series. So the hashes go too.
    if (!isShorter) await parts.unhear(head, old);
  };

  return {
    open: (ask, about) => heads.open(ask, about, parts.dropAll),
    async take(ask) {
      const { id, head } = (await heads.find(ask.person)) ?? {};
      if (!id || !head) return false;
      const mark = markOf(ask);
      if (head.heard.includes(mark) || (await parts.hasHeard(head, mark))) return true;
      if (!takesMore(head, now())) return false;
      const { photos: granted, seconds } = await daily.spend(ask.person, ask.id, ask.photos.length);
      const owner = ownerOf(keys, ask.person);
      // The photos are stored before the head counts them. A worker looks only at photos that the
      // head counts.
      const items: string[] = [];
      for (const [index, photo] of ask.photos.slice(0, granted).entries()) {
        const item = keyedHash(keys.lookup, 'series photo', head.id, mark, String(index));
        items.push(item);
        const parked = { id: item, owner, value: { mark, photo }, expiresAt: now() + WAITS_MS + index };
        await photos.putBeside(parked, headOf(keys, ask.person));
      }
      const more = { mark, photos: granted, refused: ask.photos.length - granted, seconds, at: ask.address };
      const isIn = (present: Head) => present.id === head.id && present.heard.includes(mark);
      const changed = await change(id, (present) =>
        present.id === head.id && takesMore(present, now()) && !isIn(present) ? taken(present, now(), more) : undefined,
      );
      const after = changed ?? (await heads.find(ask.person))?.head;
      const isTaken = after !== undefined && isIn(after);
      // The series was stopped meanwhile, or its person was erased.
      if (!isTaken) for (const item of items) await photos.drop(item);
      if (changed) await shorten(id, changed);
      return isTaken;
    },
    async due() {
      const all: Due[] = [];
      for (const { id, head, is } of await heads.due()) {
        if (is === 'over') await end(id, head);
        else all.push({ id, head, isLate: is === 'late' });
      }
      return all;
    },
    of: heads.find,
    change,
    async waiting(head, most) {
      const { ask, heard, last } = head;
      const known = new Set(heard);
      const all: WaitingPhoto[] = [];
      for (const kept of await photos.owned(ownerOf(keys, ask.person))) {
        if (all.length === most) break;
        const value = kept.value();
        // The program ended between two steps: it had noted the result for this photo, but had not
        // dropped the photo. A damaged photo is dropped too, and in the end counts as failed.
        if (kept.id === last || !value) await photos.drop(kept.id);
        else if (kept.expiresAt > now() && (known.has(value.mark) || (await parts.hasHeard(head, value.mark))))
          all.push({ item: kept.id, photo: value.photo });
      }
      return all;
    },
    dropPhoto: (item) => photos.drop(item),
    dropPhotos,
    parts,
    end,
    async forget(person) {
      const { id, head } = (await heads.find(person)) ?? {};
      if (id && head) await end(id, head);
    },
    resume: heads.resume,
  };
}
