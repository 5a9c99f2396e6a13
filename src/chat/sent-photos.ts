import type { Person, Place, Platform, ScopeId } from '../consent/who.ts';
import { FIND_RETENTION_MS, type Split } from '../gallery/gallery.ts';
import type { Pending } from '../queue/pending.ts';
import { type SealedShelf, shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import type { Ask } from './ask.ts';
import { TRIES_TO_NOTE, tooMany } from './limits/disclosure-shelf.ts';

/**
 * How long it is kept that a sender forbids searches, counted from when they said so or from when
 * this last stopped a search.
 */
const FORBIDDEN_KEPT_MS = 365 * 86_400_000;

/** A record keeps the times of at most this many searches. */
const MOST_SEARCHES = 100;

/**
 * The record about a sender in one group: whether they forbid searches of their photos, and when
 * others searched them.
 */
export interface SentIn {
  /** The group, for its name. */
  readonly place: Place;
  readonly isForbidden: boolean;
  /** When others searched photos of theirs, milliseconds since 1970, latest first. */
  readonly searchedAt: readonly number[];
}

/** A group and its scope. */
interface At {
  readonly scope: ScopeId;
  readonly place: Place;
}

/**
 * Records about searches of photos in others' messages, where the operator allows such searches
 * (FIND_PHOTOS=any): which senders forbade them, and when they happened. A record is sealed under a
 * keyed hash of the sender, who may never have agreed to anything. Every method fails as
 * {@link Pending} says.
 */
export interface SentPhotos {
  /** Whether photos in others' messages may be searched at all. */
  readonly areSearched: boolean;
  /**
   * The ask with each sender replaced by their keyed hash. Where photos in others' messages are not
   * searched, the senders are removed.
   */
  readonly known: (ask: Ask) => Ask;
  /**
   * Whether the photos of an ask may be searched in a scope. Every sender must be known, and must
   * not have forbidden it. A damaged record counts as forbidden until its sender decides again.
   */
  readonly maySearch: (scope: ScopeId | undefined, ask: Ask) => Promise<'yes' | 'no' | 'forbidden'>;
  /** Notes a search of the ask's photos, once for each ask. */
  readonly noteSearch: (at: At, ask: Ask) => Promise<void>;
  /** The records about a sender, by scope. */
  readonly of: (person: Person) => Promise<ReadonlyMap<ScopeId, SentIn>>;
  readonly forbid: (at: At, person: Person, isForbidden: boolean) => Promise<void>;
  readonly drop: (where: ScopeId | 'everywhere', person: Person) => Promise<void>;
  /**
   * Drops the times of searches of a sender's photos in a scope. A sender who forbade searches
   * still forbids them.
   */
  readonly dropSearches: (scope: ScopeId, person: Person) => Promise<void>;
  /**
   * Drops the times of searches in a scope, for all senders. Gives whether a sender still forbids
   * searches there.
   */
  readonly keepForbidden: (scope: ScopeId) => Promise<boolean>;
  /** Drops all items of a scope, for all people. */
  readonly dropScope: (scope: ScopeId) => Promise<void>;
  /** Moves all items of one scope to another. */
  readonly follow: (split: Split) => Promise<void>;
}

/** The item on the shelf: a sender's records, by scope. */
type Sent = Readonly<Record<ScopeId, SentIn>>;

/** Keeps the records on a shelf of `pending`. `now` is in milliseconds since 1970. */
export function sentPhotosOn(
  pending: Pending,
  keys: Keys,
  { now, areSearched }: { readonly now: () => number; readonly areSearched: boolean },
): SentPhotos {
  const senders = shelf<Sent>(pending, keys, 'sender');
  const change = changing(senders, now);
  const hashOf = (platform: Platform, id: string) => keyedHash(keys.lookup, 'sender', platform, id);
  const idOf = ({ platform, id }: Person) => hashOf(platform, id);
  const sendersOf = ({ photos }: Ask) =>
    new Set(photos.flatMap(({ isOfOthers, sender }) => (isOfOthers && sender) || []));

  async function ofAll(edit: (sent: Sent) => Sent): Promise<void> {
    for (const { id } of await senders.list()) await change(id, edit);
  }

  return {
    areSearched,
    known(ask) {
      if (ask.photos.every(({ isOfOthers }) => !isOfOthers)) return ask;
      const photos = ask.photos.map(({ sender, ...photo }) => {
        const isKnown = areSearched && photo.isOfOthers && sender !== undefined;
        return isKnown ? { ...photo, sender: hashOf(photo.platform, sender) } : photo;
      });
      return { ...ask, photos };
    },
    async maySearch(scope, ask) {
      const others = ask.photos.filter(({ isOfOthers }) => isOfOthers);
      if (others.length === 0) return 'yes';
      if (!areSearched || others.some(({ sender }) => sender === undefined)) return 'no';
      for (const id of scope ? sendersOf(ask) : []) {
        const kept = await senders.read(id);
        const sent = kept ? kept.value() : {};
        if (!scope || (sent && !sent[scope]?.isForbidden)) continue;
        // The time {@link FORBIDDEN_KEPT_MS} begins again.
        await change(id, (sent) => sent);
        return 'forbidden';
      }
      return 'yes';
    },
    async noteSearch(at, ask) {
      const { askedAt = now() } = ask;
      const noted = edited(at, ({ searchedAt, ...before }) => ({
        ...before,
        searchedAt: joined(searchedAt, [askedAt]),
      }));
      for (const id of sendersOf(ask)) await change(id, noted);
    },
    async of(person) {
      const kept = await senders.read(idOf(person));
      const sent = timely(kept?.value() ?? {}, now());
      return new Map(Object.entries(sent) as [ScopeId, SentIn][]);
    },
    forbid: (at, person, isForbidden) =>
      change(
        idOf(person),
        edited(at, (before) => ({ ...before, isForbidden })),
        'sender',
      ),
    async drop(where, person) {
      const id = idOf(person);
      if (where === 'everywhere') await senders.drop(id);
      else if (await senders.read(id)) await change(id, without(where), 'sender');
    },
    async dropSearches(scope, person) {
      const id = idOf(person);
      if (await senders.read(id)) await change(id, withoutSearches(scope));
    },
    async keepForbidden(scope) {
      await ofAll(withoutSearches(scope));
      const left = (await senders.list()).map(({ value }) => value());
      // A damaged record may have forbidden searches here. So it counts as forbidding them.
      return left.some((sent) => !sent || sent[scope]?.isForbidden);
    },
    dropScope: (scope) => ofAll(without(scope)),
    follow: ({ from, to }) =>
      ofAll((sent) => {
        const { [from]: moved, ...rest } = sent;
        if (!moved) return sent;
        const { place, isForbidden, searchedAt } = { ...moved, ...rest[to] };
        const both = {
          isForbidden: isForbidden || moved.isForbidden,
          searchedAt: joined(searchedAt, moved.searchedAt),
        };
        return { ...rest, [to]: { place, ...both } };
      }),
  };
}

/**
 * Changes the records of a sender. Damaged records stay as they are, unless the sender decides
 * again.
 */
function changing(senders: SealedShelf<Sent>, now: () => number) {
  return async (id: string, edit: (sent: Sent) => Sent, by?: 'sender'): Promise<void> => {
    for (let attempt = 0; attempt < TRIES_TO_NOTE; attempt += 1) {
      const kept = await senders.read(id);
      const before = kept ? kept.value() : {};
      if (!before && by !== 'sender') return;
      const value = timely(edit(before ?? {}), now());
      const expiresAt = endOf(value, now());
      if (Object.keys(value).length === 0) return await senders.drop(id);
      const isDone = kept
        ? await senders.replace(kept, value, expiresAt)
        : (await senders.add({ id, owner: id, value, expiresAt })) !== undefined;
      if (isDone) return;
    }
    throw tooMany();
  };
}

const NOTHING = { isForbidden: false, searchedAt: [] } as const;

function edited({ scope, place }: At, edit: (before: SentIn) => SentIn): (sent: Sent) => Sent {
  return (sent) => ({ ...sent, [scope]: edit({ ...(sent[scope] ?? NOTHING), place }) });
}

function joined(times: readonly number[], others: readonly number[]): number[] {
  return [...new Set([...times, ...others])].toSorted((a, b) => b - a).slice(0, MOST_SEARCHES);
}

function without(scope: ScopeId): (sent: Sent) => Sent {
  return ({ [scope]: _, ...rest }) => rest;
}

function withoutSearches(scope: ScopeId): (sent: Sent) => Sent {
  return (sent) => (sent[scope] ? { ...sent, [scope]: { ...sent[scope], searchedAt: [] } } : sent);
}

/**
 * Leaves out searches that are older than the search log keeps, and records that then say nothing.
 */
function timely(sent: Sent, now: number): Sent {
  const left = Object.entries(sent).flatMap(([scope, { searchedAt, ...one }]) => {
    const recent = searchedAt.filter((at) => at + FIND_RETENTION_MS > now);
    return one.isForbidden || recent.length > 0 ? [[scope, { ...one, searchedAt: recent }] as const] : [];
  });
  return Object.fromEntries(left);
}

function endOf(sent: Sent, now: number): number {
  const ends = Object.values<SentIn>(sent).map(({ isForbidden, searchedAt }) =>
    isForbidden ? now + FORBIDDEN_KEPT_MS : Math.max(...searchedAt) + FIND_RETENTION_MS,
  );
  return Math.max(now, ...ends);
}
