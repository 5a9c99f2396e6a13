import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Purpose } from '../../consent/consent.ts';
import type { Person, Place } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Pending } from '../../queue/pending.ts';
import { type Kept, ownerOf, shelf } from '../../queue/sealed-shelf.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { CommandName } from '../../text/words.ts';
import type { Ask, PhotoRef } from '../ask.ts';
import { type Awaits, awaits } from './awaits.ts';

/** What a parked ask waits for. It decides what a choice means. */
export type Awaiting =
  | {
      readonly for: 'consent';
      readonly purpose: Purpose;
      readonly version: number;
      readonly hash: string;
      /** The days in the notice; absent from asks that an older facefinder parked. */
      readonly retentionDays?: number;
      /**
       * The person's epoch when the notice was shown. Agreeing to the notice after an erasure is
       * void.
       */
      readonly epoch: number;
    }
  /** The press itself brings the group. */
  | { readonly for: 'group' }
  /** The command runs again with the choice in `ask.choice`. */
  | { readonly for: 'choice' }
  /** The choice is an index into these places. */
  | { readonly for: 'place'; readonly places: readonly Place[] }
  /** The choice is an index into these commands. The ask gets the chosen one. */
  | { readonly for: 'command'; readonly commands: readonly CommandName[] }
  /** A deep link, or the button that asks again. */
  | { readonly for: 'opening' };

export interface ParkedAsk {
  readonly ask: Ask;
  readonly awaiting: Awaiting;
}

/** A parked ask that one update has taken. No other update gets it, unless `release` is called. */
export interface TakenAsk extends ParkedAsk {
  /** Marks the ask as used, and drops its contents. */
  readonly finish: () => Promise<void>;
  /** Lets the ask be taken again. */
  readonly release: () => Promise<void>;
}

/**
 * Why a parked ask cannot be taken. `elsewhere`: the ask belongs to another place. `gone`: its
 * person withdrew, or it was lost. `unknown`: nothing was ever parked under that id. `takenBy`: the
 * job of the update that took it.
 */
export type NotTaken = 'not_yours' | 'elsewhere' | 'timed_out' | 'gone' | 'unknown' | { readonly takenBy: string };

/** The update that wants a parked ask, its person and place. */
export interface Taker {
  readonly person: Person;
  /** The job id of the update. Each delivery of this update may take the ask again. */
  readonly by: string;
  /** Whether the ask may be taken where this update comes from. */
  readonly isHere: (ask: Ask) => Promise<boolean>;
  /**
   * Whether nobody works on the update that took the ask, and that update has no answer. Then
   * another update may take the ask.
   */
  readonly isAbandoned: (takenBy: string) => Promise<boolean>;
}

/** Asks that wait for a press or a link, sealed. Each can be used once, by its person. */
export interface Parked extends Awaits {
  /**
   * Parks an ask, and gives the id for its button or link. `id`: an id that was made before, as by
   * {@link newParkedId}.
   */
  readonly park: (ask: Ask, awaiting: Awaiting, ttlMs: number, id?: string) => Promise<string>;
  /**
   * As {@link park}, for a /forget that waits for its person's choice. When the shelf accepts
   * nothing, this process remembers each person's latest /forget, so that everybody can leave.
   */
  readonly parkLeaving: (ask: Ask, ttlMs: number) => Promise<string>;
  /** Takes the ask under an id. When two updates try, one gets it. */
  readonly take: (id: string, taker: Taker) => Promise<TakenAsk | NotTaken>;
  /**
   * As {@link take}, but does not take the ask. An ask that only {@link parkLeaving} remembers is
   * `unknown` here.
   */
  readonly look: (id: string, taker: Taker) => Promise<ParkedAsk | NotTaken>;
  /**
   * Adds photos, up to `max`, to a parked ask of this person that is not taken yet. A photo that
   * the ask already has is not added again. Gives the number of its photos now; undefined when
   * there is no such ask.
   */
  readonly join: (id: string, person: Person, photos: readonly PhotoRef[], max: number) => Promise<number | undefined>;
}

/**
 * The item on the shelf: an ask, and the job that took it. Once the ask is used, only the job
 * stays.
 */
interface Slot extends Partial<ParkedAsk> {
  readonly takenBy?: string;
}

/**
 * How long an ask is parked: enough to read a notice and take a selfie, and no longer than every
 * platform keeps the photo.
 */
export const PARKED_MS = 15 * 60_000;

/** The most asks that are remembered because {@link Parked.parkLeaving} could not park them. */
const MOST_LEAVING = 1_000;

const ID_BYTES = 16;
const TIME_BYTES = 4;

/**
 * 22 characters of A-Za-z0-9_-: the time of the expiry in seconds, and 96 random bits. So the id
 * tells when the ask expired, even when the ask is gone.
 */
export function newParkedId(expiresAt: number): string {
  const id = randomBytes(ID_BYTES);
  id.writeUInt32BE(Math.ceil(expiresAt / 1000));
  return id.toString('base64url');
}

/** The expiry of a {@link newParkedId}, milliseconds since 1970; undefined for other texts. */
function endOf(id: string): number | undefined {
  const bytes = Buffer.from(id, 'base64url');
  if (bytes.length !== ID_BYTES || bytes.toString('base64url') !== id) return undefined;
  return bytes.readUIntBE(0, TIME_BYTES) * 1000;
}

/** In memory: the latest ask of each person that {@link Parked.parkLeaving} could not park. */
function leavers(now: () => number) {
  const kept = new Map<string, { readonly id: string; readonly value: ParkedAsk; readonly expiresAt: number }>();
  return {
    remember(owner: string, id: string, value: ParkedAsk, expiresAt: number): void {
      for (const [key, one] of kept) if (one.expiresAt <= now()) kept.delete(key);
      if (kept.size >= MOST_LEAVING) throw new Failure('busy');
      kept.set(owner, { id, value, expiresAt });
    },
    has: (id: string) => [...kept.values()].some((one) => one.id === id),
    /** Undefined for an id that is not remembered here. */
    take(id: string, owner: string): TakenAsk | 'not_yours' | 'timed_out' | undefined {
      for (const [key, one] of kept) {
        if (one.id !== id) continue;
        if (key !== owner) return 'not_yours';
        kept.delete(key);
        if (one.expiresAt <= now()) return 'timed_out';
        return { ...one.value, finish: async () => {}, release: async () => {} };
      }
      return undefined;
    },
  };
}

/** Parked asks on the shelves of `pending`. */
export function parkedAsks(pending: Pending, keys: Keys, now: () => number): Parked {
  const parked = shelf<Slot>(pending, keys, 'parked');
  const leaving = leavers(now);

  const park: Parked['park'] = async (ask, awaited, ttlMs, id = newParkedId(now() + ttlMs)) => {
    const value = { ask, awaiting: awaited };
    await parked.put({ id, owner: ownerOf(keys, ask.person), value, expiresAt: now() + ttlMs });
    return id;
  };

  /** The ask under an id, if this taker may have it; or the reason why not. */
  const open = async (id: string, taker: Taker): Promise<{ kept: Kept<Slot>; asked: ParkedAsk } | NotTaken> => {
    const kept = await parked.read(id);
    const end = kept?.expiresAt ?? endOf(id);
    if (end === undefined) return 'unknown';
    const { ask, awaiting: awaited, takenBy } = kept?.value() ?? {};
    const asked = ask && awaited && { ask, awaiting: awaited };
    if (asked && kept?.owner !== ownerOf(keys, taker.person)) return 'not_yours';
    if (takenBy !== undefined && takenBy !== taker.by) {
      if (!asked || !(await taker.isAbandoned(takenBy))) return { takenBy };
    }
    if (end <= now()) return 'timed_out';
    if (!kept || !asked) return takenBy === undefined ? 'gone' : { takenBy };
    return (await taker.isHere(asked.ask)) ? { kept, asked } : 'elsewhere';
  };

  const take: Parked['take'] = async (id, taker) => {
    const owner = ownerOf(keys, taker.person);
    const left = leaving.take(id, owner);
    if (left !== undefined) return left;
    const found = await open(id, taker);
    if (typeof found === 'string' || 'takenBy' in found) return found;
    const { kept, asked } = found;
    const { expiresAt } = kept;
    const taken = {
      ...asked,
      async finish() {
        const value = { takenBy: taker.by };
        const mine = await parked.read(id);
        // If the item is gone, the ask's person was erased. Then the new item has no owner.
        if (mine) await parked.replace(mine, value);
        else await parked.put({ id, owner: '', value, expiresAt });
      },
      async release() {
        const mine = await parked.read(id);
        if (mine?.value()?.takenBy === taker.by) await parked.replace(mine, asked);
      },
    };
    try {
      const isMine = await parked.replace(kept, { ...asked, takenBy: taker.by });
      return isMine ? taken : await take(id, taker);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // A shelf that accepts no writes still deletes. So the ask is deleted instead of marked, and
      // nobody is kept from leaving.
      return typeof (await parked.take(id, owner)) === 'object' ? taken : 'gone';
    }
  };

  return {
    park,
    async parkLeaving(ask, ttlMs) {
      const id = newParkedId(now() + ttlMs);
      const awaited = { for: 'choice' } as const;
      return await park(ask, awaited, ttlMs, id).catch((error) => {
        if (!(error instanceof Failure)) throw error;
        leaving.remember(ownerOf(keys, ask.person), id, { ask, awaiting: awaited }, now() + ttlMs);
        return id;
      });
    },
    take,
    async look(id, taker) {
      if (leaving.has(id)) return 'unknown';
      const found = await open(id, taker);
      return typeof found === 'object' && 'asked' in found ? found.asked : found;
    },
    async join(id, person, photos, max) {
      const kept = await parked.read(id);
      const { ask, awaiting: awaited, takenBy } = kept?.value() ?? {};
      const isOpen = kept && kept.owner === ownerOf(keys, person) && kept.expiresAt > now() && takenBy === undefined;
      if (!isOpen || !ask || !awaited) return undefined;
      const fresh = photos.filter((photo) => !ask.photos.some((known) => isDeepStrictEqual(known, photo)));
      const all = [...ask.photos, ...fresh].slice(0, max);
      return (await parked.replace(kept, { ask: { ...ask, photos: all }, awaiting: awaited })) ? all.length : undefined;
    },
    ...awaits(pending, keys, now),
  };
}
