import { randomBytes } from 'node:crypto';
import type { Person, Place } from '../../consent/who.ts';
import type { Pending } from '../../queue/pending.ts';
import { type Kept, ownerOf, shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Ask } from '../ask.ts';
import { TRIES_TO_NOTE, tooMany } from '../limits/disclosure-shelf.ts';
import {
  type Beginning,
  dueAt,
  endOfAll,
  type Head,
  isDue,
  isOver,
  joined,
  newHead,
  takesMore,
  WAITS_MS,
} from './head.ts';

/** How long a series is kept when no worker does what is to be done for it. */
const KEPT_MS = WAITS_MS;

/** A head, and the id of its item. */
export interface Opened {
  readonly id: string;
  readonly head: Head;
}

/**
 * The head that the person has after a /me. `isOpen` is false when it is another series of theirs,
 * which cannot be replaced yet.
 */
export interface Opening {
  readonly isOpen: boolean;
  readonly head: Head;
}

/**
 * The heads of all series, one for each person. A head's item expires {@link KEPT_MS} after a
 * worker has something to do for it. So the shelf tells by the expiry which heads are due, without
 * unsealing the others. Every method fails as {@link Pending} says.
 */
export interface Heads {
  /** The head of this person's series; undefined without one. */
  readonly find: (person: Person) => Promise<Opened | undefined>;
  /**
   * Begins a series for this /me. If the person already has a series in one of these places that
   * takes photos, it gets more time instead. `replaces` is called with the old head before a new
   * one takes its place.
   */
  readonly open: (
    ask: Ask,
    about: Beginning & { readonly places: readonly Place[] },
    replaces: (before: Head) => Promise<void>,
  ) => Promise<Opening>;
  /**
   * Changes a head by `edit`, which may run several times. Undefined, without a change, when there
   * is no head or `edit` gives none.
   */
  readonly change: (id: string, edit: (head: Head) => Head | undefined) => Promise<Head | undefined>;
  /**
   * The heads of series for which something is to be done. `work`: a worker should go on with the
   * series. `late`: its time ended while no worker ran. `over`: nobody needs it any more.
   */
  readonly due: () => Promise<readonly (Opened & { readonly is: 'work' | 'late' | 'over' })[]>;
  readonly drop: (id: string) => Promise<void>;
  /** Ends all turns of workers, because their processes are gone. */
  readonly resume: () => Promise<void>;
}

/**
 * Where the head of this person's series is. What belongs to the series is stored only while this
 * head is there.
 */
export function headOf(keys: Pick<Keys, 'lookup'>, { platform, id }: Person) {
  return { shelf: 'series', id: keyedHash(keys.lookup, 'series', platform, id) } as const;
}

/** Kept on a shelf of `pending`; `now` is in milliseconds since 1970. */
export function headsOn(pending: Pending, keys: Keys, now: () => number): Heads {
  const heads = shelf<Head>(pending, keys, 'series');
  const idOf = (person: Person) => headOf(keys, person).id;

  const change: Heads['change'] = async (id, edit) => {
    for (let attempt = 0; attempt < TRIES_TO_NOTE; attempt += 1) {
      const kept = await heads.read(id);
      const before = kept && opened(kept);
      const edited = before && edit(before);
      if (!kept || !edited) return undefined;
      const next = { ...edited, changedAt: now() };
      if (await heads.replace(kept, next, expiryOf(next, now()))) return next;
    }
    throw tooMany();
  };

  return {
    async find(person) {
      const id = idOf(person);
      const kept = await heads.read(id);
      const head = kept && opened(kept);
      return head && { id, head };
    },
    change,
    async open(asked, { places, ...about }, replaces) {
      const [id, owner] = [idOf(asked.person), ownerOf(keys, asked.person)];
      const ask = { ...asked, args: '', photos: [] };
      for (let attempt = 0; attempt < TRIES_TO_NOTE; attempt += 1) {
        const kept = await heads.read(id);
        const before = kept && opened(kept);
        const isSame = before && takesMore(before, now()) && isIn(before, places);
        if (before && !isSame && !isReplaced(before)) return { isOpen: false, head: before };
        if (before && !isSame) await replaces(before);
        const head = isSame
          ? joined(before, ask, now(), about)
          : newHead(randomBytes(4).toString('hex'), ask, now(), about);
        const expiresAt = expiryOf(head, now());
        // Another /me of the same moment may have begun a series first. Then the next attempt finds
        // that series.
        const isOpen = kept
          ? await heads.replace(kept, head, expiresAt)
          : (await heads.add({ id, owner, value: head, expiresAt })) !== undefined;
        if (isOpen) return { isOpen, head };
      }
      throw tooMany();
    },
    async due() {
      return (await heads.list(now() + KEPT_MS)).flatMap((kept) => {
        const head = opened(kept);
        if (!head) return [];
        const is = isOver(head, now()) ? 'over' : kept.expiresAt <= now() ? 'late' : 'work';
        return is !== 'work' || isDue(head, now()) ? [{ id: kept.id, head, is } as const] : [];
      });
    },
    drop: (id) => heads.drop(id),
    async resume() {
      for (const { id } of await heads.list()) await change(id, ({ lease: _, ...head }) => head);
    },
  };
}

function expiryOf(head: Head, now: number): number {
  return Math.min(dueAt(head, now) + KEPT_MS, endOfAll(head));
}

/** Whether the series is about one of these places. A held one without a place may be about any. */
function isIn({ ask, isHeld }: Head, places: readonly Place[]): boolean {
  const { place } = ask;
  return place ? places.some(({ id }) => id === place.id) : isHeld === true;
}

/**
 * Whether another series may replace this one: no photo came, or it has ended and its person has
 * been told everything.
 */
function isReplaced({ at, ending, outbox, told, version }: Head): boolean {
  return at === undefined || (ending !== undefined && outbox.length === 0 && told === version);
}

/** Undefined for an item that cannot be used: it is damaged, or an earlier version wrote it. */
function opened(kept: Kept<Head>): Head | undefined {
  const head: Head | undefined = kept.value();
  return (head as Partial<Head> | undefined)?.again === undefined ? undefined : head;
}
