import type { Person, Place, Platform, ScopeId } from '../consent/who.ts';
import { FIND_RETENTION_MS, type Split } from '../gallery/gallery.ts';
import type { Pending } from '../queue/pending.ts';
import { type Kept, type SealedShelf, shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import type { Ask } from './ask.ts';
import { TRIES_TO_NOTE, tooMany } from './revealed.ts';

/** That somebody forbade it is kept so long after they said so, or after it last kept a photo from being searched. */
const FORBIDDEN_KEPT_MS = 365 * 86_400_000;

/** Of the searches in one group the latest are remembered. */
const MOST_SEARCHES = 100;

/** What is kept in one group of somebody whose messages had photos in them. */
export interface SentIn {
  /** The group, to be named by. */
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
 * Photos in messages of others, where the operator lets them be searched (FIND_PHOTOS=any): whose sender forbade it, and when it was
 * done. It stands, sealed, under a keyed hash of the sender, who may never have agreed to anything. Every method fails as
 * {@link Pending} says.
 */
export interface SentPhotos {
  /** Whether any of them may be searched. */
  readonly areSearched: boolean;
  /** The ask with each sender under the keyed hash that stands for them from now on. Where none is searched: without. */
  readonly known: (ask: Ask) => Ask;
  /**
   * Whether the photos of an ask may be searched in a scope: whoever sent each of them is known, and did not forbid it. Of
   * whom the record is damaged, it is forbidden until they say otherwise.
   */
  readonly maySearch: (scope: ScopeId | undefined, ask: Ask) => Promise<'yes' | 'no' | 'forbidden'>;
  /** Notes that they are searched, once for each ask. */
  readonly noteSearch: (at: At, ask: Ask) => Promise<void>;
  /** What is kept of a sender, by scope. */
  readonly of: (person: Person) => Promise<ReadonlyMap<ScopeId, SentIn>>;
  readonly forbid: (at: At, person: Person, isForbidden: boolean) => Promise<void>;
  readonly drop: (where: ScopeId | 'everywhere', person: Person) => Promise<void>;
  /** Drops when it was done in a scope, and keeps whether they forbid it. */
  readonly dropSearches: (scope: ScopeId, person: Person) => Promise<void>;
  /** Drops when it was done in a scope, whoever it is about; whether somebody forbids it there, which stays. */
  readonly keepForbidden: (scope: ScopeId) => Promise<boolean>;
  /** Drops all of a scope, whoever it is about. */
  readonly dropScope: (scope: ScopeId) => Promise<void>;
  /** All of one scope is from now on of another. */
  readonly follow: (split: Split) => Promise<void>;
}

/** By scope, as it stands on the shelf. */
type Sent = Readonly<Record<ScopeId, SentIn>>;

/** Kept on a shelf of `pending`; `now` is in milliseconds since 1970. */
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
        const sent = kept ? opened(kept) : {};
        if (!scope || (sent && !sent[scope]?.isForbidden)) continue;
        // It lasts as long as it is of use.
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
      const sent = timely((kept && opened(kept)) ?? {}, now());
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
      const left = (await senders.list()).map(opened);
      // What is damaged may have said that its sender forbids it.
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

/** Gives what is kept of a sender another value. What is damaged stays so, but for the sender, who says anew what they want. */
function changing(senders: SealedShelf<Sent>, now: () => number) {
  return async (id: string, edit: (sent: Sent) => Sent, by?: 'sender'): Promise<void> => {
    for (let attempt = 0; attempt < TRIES_TO_NOTE; attempt += 1) {
      const kept = await senders.read(id);
      const before = kept ? opened(kept) : {};
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

/** Without searches that the search log would have forgotten too, and without what says nothing then. */
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

/** Undefined for a damaged item: it may have said that its sender forbids it, and keeps nobody from leaving. */
function opened(kept: Kept<Sent>): Sent | undefined {
  try {
    return kept.value();
  } catch {
    return undefined;
  }
}
