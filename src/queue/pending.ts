/**
 * The shelves of what is needed briefly. An expired item is hidden, and removed within seconds.
 * - `parked`: asks that wait for a button or a deep link
 * - `awaiting`: asks that wait for a photo
 * - `taken`: updates that a bot is processing now
 * - `proof`: gestures that were asked for, and how often gestures, selfies and photos were used
 * - `series`: the series that are going on, and how far the work on each is
 * - `seriesphoto`: the photos of a series that still wait
 * - `seriespart`: the photos of a series in which the person was found or may be, and hashes of the
 *   messages of a long series
 * - `pulse`: workers' answers to the pulse, which hold nothing about people
 */
export const BRIEF = ['parked', 'awaiting', 'taken', 'proof', 'series', 'seriesphoto', 'seriespart', 'pulse'] as const;

/**
 * The shelves of what is needed for weeks. An expired item is hidden, but only a sweep removes it.
 * A sweep stops when the clock has jumped, so a wrong clock loses nothing here.
 * - `presence`: the groups in which sweeps saw the bot
 * - `unproven`: since when a platform has not said whether a person is still in a group
 * - `overdue`: since when sweeps have found that a person was kept for long enough
 * - `revealed`: what answers revealed about people, and to whom
 * - `closed`: askers who get no answers until their budget has room again
 * - `wrong`: reports of wrong names
 * - `shown`: results that groups see
 * - `sender`: people in whose photos somebody else searched, or who forbade that
 */
export const LONG = ['presence', 'unproven', 'overdue', 'revealed', 'closed', 'wrong', 'shown', 'sender'] as const;

/**
 * The shelves of what no clock may hide or remove.
 * - `erasure`: erasures that are not finished
 * - `swept`: when the last sweep was
 * - `anchor`, `journal`, `witness`: what a second place keeps: the head of each ledger, the
 *   erasures, and since when it knows the gallery
 */
export const TIMELESS = ['erasure', 'swept', 'anchor', 'journal', 'witness'] as const;

/**
 * All shelves. Contents about people are sealed. Two shelves keep an expired item until its person
 * was told:
 * - `placeholder`: placeholders; an open one expires if no answer comes
 * - `heard`: requests that a bot took in and has not yet answered, queued or noted as an erasure
 */
export const SHELVES = [...BRIEF, ...LONG, 'placeholder', 'heard', ...TIMELESS] as const;

/** The name of a shelf. */
export type Shelf = (typeof SHELVES)[number];

/** The name of a shelf from which expired items are removed. */
export type Expiring = (typeof BRIEF | typeof LONG)[number];

/** Whether items of this shelf never expire, whatever time they have. */
export function isTimeless(shelf: Shelf): boolean {
  return (TIMELESS as readonly Shelf[]).includes(shelf);
}

/** The expiry of items that never expire: the last time that a Date can hold. */
export const FOR_EVER = 8_640_000_000_000_000;

export interface PendingItem {
  readonly id: string;
  /** The keyed hash of the item's owner. */
  readonly owner: string;
  /** The sealed contents. */
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * The shelves. An item expires at its time, but never on a shelf of {@link TIMELESS}. Once a call
 * has resolved, its writes survive a restart and `kill -9`. Every method
 * throws `unavailable` when the store cannot be reached. `put` and `add` throw `busy` when the
 * store is nearly full, except on the shelves `erasure` and `journal`, and for an item that is no
 * larger than the one it replaces. `replace` throws `busy` only when the store has no space left at
 * all.
 */
export interface Pending extends AsyncDisposable {
  /** Puts an item on a shelf, in place of an item with the same id. */
  put(shelf: Shelf, item: PendingItem): Promise<void>;
  /**
   * Puts an item on a shelf, as {@link put} does. But when the shelf has an item with the same id
   * that has not expired, it changes nothing and gives false.
   */
  add(shelf: Shelf, item: PendingItem): Promise<boolean>;
  /**
   * As {@link put}, but changes nothing and gives false when the item `beside` is not there, even
   * if it was removed at the same moment.
   */
  putBeside(shelf: Shelf, item: PendingItem, beside: { readonly shelf: Shelf; readonly id: string }): Promise<boolean>;
  /**
   * Removes an item from a shelf and gives it. Of several callers, one gets the item. `not_yours`:
   * the item belongs to another owner, and stays. Undefined: the item was never there, was already
   * taken, or has expired.
   */
  take(shelf: Shelf, id: string, owner: string): Promise<PendingItem | 'not_yours' | undefined>;
  /**
   * Replaces the item `before` by `item`, which has the same id. It does so even if `before` has
   * expired. Of several callers, one succeeds. False: `before` has changed or is gone.
   */
  replace(shelf: Shelf, item: PendingItem, before: PendingItem): Promise<boolean>;
  /** Reads an item and leaves it there. Undefined: it is not there, or has expired. */
  read(shelf: Shelf, id: string): Promise<PendingItem | undefined>;
  /** Removes an item without reading it. Does nothing when there is none. */
  drop(shelf: Shelf, id: string): Promise<void>;
  /**
   * All items on a shelf, by expiry. Expired items are among them as long as nothing removes them.
   * With `until`, only the items that expire by then. Items that expire later cost no time then.
   */
  list(shelf: Shelf, until?: number): Promise<PendingItem[]>;
  /**
   * The owner's items on a shelf, expired ones included. Items of other owners cost no time.
   */
  owned(shelf: Shelf, owner: string): Promise<PendingItem[]>;
  /** Removes the owner's items from all shelves but `erasure`, and gives their number. */
  dropOwned(owner: string): Promise<number>;
  /** Removes items of these shelves that expired by `now`. */
  tidy(shelves: readonly Expiring[], now: number): Promise<void>;
  /**
   * A mark of the store, which stays the same while the store keeps its contents. If it gives
   * another mark than before, all items of the time before may be gone.
   */
  memory(): Promise<string>;
  /**
   * Removes the bytes of removed items from the disk, as far as facefinder may do that with the
   * store's files. False when it must be tried again later.
   */
  scrub(): Promise<boolean>;
  /**
   * Throws `unavailable` with its cause when the store does not answer, or is known to accept no
   * writes.
   */
  check(): Promise<void>;
}
