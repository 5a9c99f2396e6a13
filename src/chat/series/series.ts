import { randomBytes } from 'node:crypto';
import type { Person } from '../../consent/who.ts';
import type { Pending } from '../../queue/pending.ts';
import { type Kept, ownerOf, shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Ask, PhotoRef } from '../ask.ts';
import { TRIES_TO_NOTE, tooMany } from '../limits/disclosure-shelf.ts';
import type { DailyPhotos } from './daily-photos.ts';
import { endOf, type Head, isDue, newHead, prolonged, taken, takesMore, WAITS_MS } from './head.ts';

/** How many characters of a hash name a message, among those of one series. */
const MARK_CHARACTERS = 12;

/** A photo that waits to be looked at. */
export interface WaitingPhoto {
  /** The id of its item. */
  readonly item: string;
  readonly photo: PhotoRef;
}

/** The stored value: the photo, and the hash of the message that it came with. */
interface Parked {
  readonly mark: string;
  readonly photo: PhotoRef;
}

/**
 * Photos that people send after a /me, without a command. Each person has one series at a time: its
 * head says how far it is, and each photo that waits is an item of its own, a reference without
 * bytes. All are sealed under the person's keyed hash, so that every erasure of them drops both.
 * Every method fails as {@link Pending} says.
 */
export interface Series {
  /**
   * Begins a series after this /me, or gives the person's own series more time. False while another
   * series of theirs goes on: it is about another group, or not all of it is said yet.
   */
  readonly open: (ask: Ask) => Promise<boolean>;
  /**
   * Takes in the photos of an ask without a command, once however often it is delivered. False when
   * the person has no series that takes photos.
   */
  readonly take: (ask: Ask) => Promise<boolean>;
  /** The ids of all series that a worker should look at now. */
  readonly due: () => Promise<string[]>;
  /** The person's series; undefined without one. */
  readonly of: (person: Person) => Promise<{ readonly id: string; readonly head: Head } | undefined>;
  /**
   * Changes a head by `edit`, which may run several times. Undefined, without a change, when there
   * is none or `edit` gives none.
   */
  readonly change: (id: string, edit: (head: Head) => Head | undefined) => Promise<Head | undefined>;
  /** The first photos that wait, in the order they came. */
  readonly waiting: (head: Head, most: number) => Promise<WaitingPhoto[]>;
  /** Drops a photo that was looked at. */
  readonly dropPhoto: (item: string) => Promise<void>;
  /** Drops all photos of its person that wait. */
  readonly dropPhotos: (head: Head) => Promise<void>;
  readonly drop: (id: string) => Promise<void>;
  /** Drops the head of this person's series. */
  readonly forget: (person: Person) => Promise<void>;
  /** Ends all turns of workers, because their processes are gone. */
  readonly resume: () => Promise<void>;
}

/** Kept on two shelves of `pending`; `now` is in milliseconds since 1970. */
export function seriesOn(pending: Pending, keys: Keys, daily: DailyPhotos, now: () => number): Series {
  const heads = shelf<Head>(pending, keys, 'series');
  const photos = shelf<Parked>(pending, keys, 'seriesphoto');
  const idOf = ({ platform, id }: Person) => keyedHash(keys.lookup, 'series', platform, id);
  const markOf = (ask: Pick<Ask, 'id'>) => keyedHash(keys.lookup, 'series of', ask.id).slice(0, MARK_CHARACTERS);

  const change: Series['change'] = async (id, edit) => {
    for (let attempt = 0; attempt < TRIES_TO_NOTE; attempt += 1) {
      const kept = await heads.read(id);
      const before = kept && opened(kept);
      const next = before && edit(before);
      if (!kept || !next) return undefined;
      if (await heads.replace(kept, next, endOf(next, now()))) return next;
    }
    throw tooMany();
  };

  const find: Series['of'] = async (person) => {
    const id = idOf(person);
    const kept = await heads.read(id);
    const head = kept && opened(kept);
    return head && { id, head };
  };

  return {
    async open(ask) {
      const [id, owner] = [idOf(ask.person), ownerOf(keys, ask.person)];
      for (let attempt = 0; attempt < TRIES_TO_NOTE; attempt += 1) {
        const kept = await heads.read(id);
        const before = kept && opened(kept);
        const isSame = before && takesMore(before, now()) && before.ask.place?.id === ask.place?.id;
        if (before && !isSame && !isOver(before)) return false;
        const begun = newHead(randomBytes(4).toString('hex'), { ...ask, args: '', photos: [] }, now());
        const value = isSame ? prolonged(before, now()) : begun;
        const expiresAt = endOf(value, now());
        // Another /me of the same moment may be faster. Then this one finds what it began.
        const isOpen = kept
          ? await heads.replace(kept, value, expiresAt)
          : (await heads.add({ id, owner, value, expiresAt })) !== undefined;
        if (isOpen) return true;
      }
      throw tooMany();
    },
    async take(ask) {
      const { id, head } = (await find(ask.person)) ?? {};
      if (!id || !head) return false;
      const mark = markOf(ask);
      if (head.heard.includes(mark)) return true;
      if (!takesMore(head, now())) return false;
      const { photos: granted, seconds } = await daily.spend(ask.person, ask.id, ask.photos.length);
      const owner = ownerOf(keys, ask.person);
      // The photos are stored before the head counts them. A worker looks only at photos that the
      // head counts.
      const items: string[] = [];
      for (const [index, photo] of ask.photos.slice(0, granted).entries()) {
        const item = keyedHash(keys.lookup, 'series photo', head.id, mark, String(index));
        items.push(item);
        await photos.put({ id: item, owner, value: { mark, photo }, expiresAt: now() + WAITS_MS + index });
      }
      const more = { mark, photos: granted, refused: ask.photos.length - granted, seconds, at: ask.address };
      const isIn = (present: Head) => present.id === head.id && present.heard.includes(mark);
      const changed = await change(id, (present) =>
        present.id === head.id && takesMore(present, now()) && !isIn(present) ? taken(present, now(), more) : undefined,
      );
      const after = changed ?? (await find(ask.person))?.head;
      const isTaken = after !== undefined && isIn(after);
      // The series was stopped meanwhile, or its person was erased.
      if (!isTaken) for (const item of items) await photos.drop(item);
      return isTaken;
    },
    async due() {
      return (await heads.list()).flatMap((kept) => {
        const head = kept.expiresAt > now() ? opened(kept) : undefined;
        return head && isDue(head, now()) ? [kept.id] : [];
      });
    },
    of: find,
    change,
    async waiting({ ask, heard, last }, most) {
      const known = new Set(heard);
      const all: WaitingPhoto[] = [];
      for (const kept of await photos.owned(ownerOf(keys, ask.person))) {
        if (all.length === most) break;
        // The program ended between two steps: it had noted the result for this photo, but had not
        // dropped the photo.
        if (kept.id === last) await photos.drop(kept.id);
        else if (kept.expiresAt > now() && known.has(kept.value().mark))
          all.push({ item: kept.id, photo: kept.value().photo });
      }
      return all;
    },
    dropPhoto: (item) => photos.drop(item),
    async dropPhotos({ ask }) {
      for (const { id } of await photos.owned(ownerOf(keys, ask.person))) await photos.drop(id);
    },
    drop: (id) => heads.drop(id),
    forget: (person) => heads.drop(idOf(person)),
    async resume() {
      for (const { id } of await heads.list()) await change(id, ({ lease: _, ...head }) => head);
    },
  };
}

/** Whether another series of its person may begin: no photo came, or all of it is said. */
function isOver({ at, ending, outbox, told, version }: Head): boolean {
  return at === undefined || (ending !== undefined && outbox.length === 0 && told === version);
}

/** Undefined for a damaged item, which is of no use. */
function opened(kept: Kept<Head>): Head | undefined {
  try {
    return kept.value();
  } catch {
    return undefined;
  }
}
