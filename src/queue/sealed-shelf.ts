import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import { unsealJsonRighted } from '../secrets/righted.ts';
import { sealJson, unsealJson } from '../secrets/seal.ts';
import type { Pending, PendingItem, Shelf } from './pending.ts';

/**
 * The most characters of a body in which a flipped bit is looked for. The note of an erasure from
 * 200 groups is shorter.
 */
const MOST_RIGHTED = 262_144;

/** The keyed hash that stands for a person in the queue and on the shelves. */
export function ownerOf(
  keys: Pick<Keys, 'lookup'>,
  { platform, id }: { readonly platform: string; readonly id: string },
): string {
  return keyedHash(keys.lookup, 'owner', platform, id);
}

/**
 * The keyed hash that stands for a person in one group. What it owns is dropped with the person's
 * data in that group, and stays when the person is erased from another.
 */
export function ownerIn(
  keys: Pick<Keys, 'lookup'>,
  { platform, id }: { readonly platform: string; readonly id: string },
  scope: string,
): string {
  return keyedHash(keys.lookup, 'owner', platform, id, scope);
}

/**
 * Seals values of one kind. A value is bound to its kind and id, and does not open with others. The
 * value undefined, if T allows it, becomes an empty body.
 */
export interface Sealing<T> {
  readonly close: (id: string, value: T) => string;
  /** @throws an Error when the body was changed, or sealed for another id, kind or installation */
  readonly open: (id: string, body: string) => T;
  /**
   * As `open`, but repairs one flipped bit, and gives undefined when there is more damage. A body
   * longer than {@link MOST_RIGHTED} is not repaired.
   */
  readonly righted: (id: string, body: string) => T | undefined;
}

/** Seals values of `kind`: jobs of the queue, or items of a shelf. */
export function sealing<T>({ jobs }: Pick<Keys, 'jobs'>, kind: Shelf | 'job'): Sealing<T> {
  const open: Sealing<T>['open'] = (id, body) =>
    (body === '' ? undefined : unsealJson(jobs, body, `${kind}:${id}`)) as T;
  return {
    close: (id, value) => (value === undefined ? '' : sealJson(jobs, value, `${kind}:${id}`)),
    open,
    righted(id, body) {
      if (body === '' || body.length > MOST_RIGHTED) return orNothing(() => open(id, body));
      return unsealJsonRighted<T>(jobs, body, `${kind}:${id}`);
    },
  };
}

/** Whether the text has U+FFFD, which a store gives in place of bytes that are no character. */
function isNoText(text: string): boolean {
  return text.includes('\ufffd');
}

function orNothing<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

/** An item of a shelf. */
export interface Kept<T> extends Omit<PendingItem, 'body'> {
  /**
   * Unseals the value. Undefined for a damaged item. It counts as absent, or where it protects
   * somebody, as if it still did. So damage costs at most what the item was for, and stops nothing
   * else.
   */
  readonly value: () => T | undefined;
  /** As {@link value}, but repairs one flipped bit: see {@link Sealing.righted}. */
  readonly righted: () => T | undefined;
  /** The item as it was read from or put on the shelf. */
  readonly item: PendingItem;
}

type New<T> = Omit<PendingItem, 'body'> & { readonly value: T };

/** One shelf of {@link Pending}, for values of one type. Its calls throw as those of Pending. */
export interface SealedShelf<T> extends Sealing<T> {
  /** See {@link Pending.put}. */
  readonly put: (item: New<T>) => Promise<void>;
  /** See {@link Pending.putBeside}. */
  readonly putBeside: (item: New<T>, beside: { readonly shelf: Shelf; readonly id: string }) => Promise<boolean>;
  /**
   * Adds an item and gives it. Undefined when the shelf already has an item with this id: see
   * {@link Pending.add}.
   */
  readonly add: (item: New<T>) => Promise<Kept<T> | undefined>;
  /** See {@link Pending.take}. */
  readonly take: (id: string, owner: string) => Promise<Kept<T> | 'not_yours' | undefined>;
  /**
   * Replaces the value of the item `kept`, and its expiry if one is given. False when the item has
   * changed since it was read: see {@link Pending.replace}. A damaged item is replaced too.
   */
  readonly replace: (kept: Pick<Kept<T>, 'item'>, value: T, expiresAt?: number) => Promise<boolean>;
  /** See {@link Pending.read}. */
  readonly read: (id: string) => Promise<Kept<T> | undefined>;
  /** See {@link Pending.list}. No value is unsealed yet. */
  readonly list: (until?: number) => Promise<Kept<T>[]>;
  /** See {@link Pending.owned}. No value is unsealed yet. */
  readonly owned: (owner: string) => Promise<Kept<T>[]>;
  /** See {@link Pending.drop}. */
  readonly drop: (id: string) => Promise<void>;
}

/** Opens the shelf with this name on `pending`. */
export function shelf<T>(pending: Pending, keys: Pick<Keys, 'jobs'>, name: Shelf): SealedShelf<T> {
  const { close, open, righted } = sealing<T>(keys, name);
  const opened = ({ id, body }: PendingItem) => orNothing(() => open(id, body));
  const kept = (item: PendingItem): Kept<T> => {
    const { id, owner, expiresAt, body } = item;
    return { id, owner, expiresAt, value: () => opened(item), righted: () => righted(id, body), item };
  };
  const isDamaged = (item: PendingItem) => item.body !== '' && opened(item) === undefined;
  const closed = ({ value, ...item }: New<T>): PendingItem => ({ ...item, body: close(item.id, value) });
  return {
    close,
    open,
    righted,
    put: (item) => pending.put(name, closed(item)),
    putBeside: (item, beside) => pending.putBeside(name, closed(item), beside),
    async add(item) {
      const stands = closed(item);
      return (await pending.add(name, stands)) ? kept(stands) : undefined;
    },
    async take(id, owner) {
      const item = await pending.take(name, id, owner);
      return typeof item === 'object' ? kept(item) : item;
    },
    async replace({ item }, value, expiresAt = item.expiresAt) {
      const next = { ...item, body: close(item.id, value), expiresAt };
      if (await pending.replace(name, next, item)) return true;
      // A damaged text may be no valid text any more, and then a store cannot compare it.
      if (!(isDamaged(item) || isNoText(item.owner)) || (await pending.read(name, item.id))?.body !== item.body)
        return false;
      await pending.drop(name, item.id);
      return await pending.add(name, next);
    },
    async read(id) {
      const item = await pending.read(name, id);
      return item && kept(item);
    },
    list: async (until) => (await pending.list(name, until)).map(kept),
    owned: async (owner) => (await pending.owned(name, owner)).map(kept),
    drop: (id) => pending.drop(name, id),
  };
}
