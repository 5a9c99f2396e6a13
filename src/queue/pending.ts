/**
 * The names of the shelves. What they hold about people is sealed.
 * - `parked`: asks that wait for a button or a deep link
 * - `awaiting`: asks that wait for a photo
 * - `placeholder`: placeholders; an open one expires if no answer comes
 * - `heard`: requests that are not answered, queued or noted as an erasure yet
 * - `taken`: updates that a bot is processing now
 * - `erasure`: erasures that are not finished
 * - `presence`: the groups in which sweeps saw the bot
 * - `unproven`: since when a platform has not said whether a person is in their group
 * - `overdue`: since when sweeps have found a person's time over
 * - `swept`: when the last sweep was
 * - `revealed`: what answers revealed about people, and to whom
 * - `closed`: askers who get no answers until there is room again
 * - `wrong`: reports of wrong names
 * - `proof`: gestures that were asked for, and how often gestures, selfies and photos were used
 * - `shown`: what groups were shown
 * - `sender`: people whose photos others searched, or who forbade that
 * - `series`: the photos that people send after a `/me`, and how far the work on them is
 * - `seriesphoto`: each of these photos that waits
 * - `seriespart`: each of these photos that was found, and each message of a long series
 * - `pulse`: answers to the pulse, which concern nobody
 * - `anchor`, `journal`, `witness`: what a second place keeps: the head of each ledger, the
 *   erasures, and since when it knows the gallery
 */
export type Shelf =
  | 'parked'
  | 'awaiting'
  | 'placeholder'
  | 'heard'
  | 'erasure'
  | 'presence'
  | 'unproven'
  | 'revealed'
  | 'wrong'
  | 'proof'
  | 'shown'
  | 'sender'
  | 'closed'
  | 'taken'
  | 'overdue'
  | 'swept'
  | 'pulse'
  | 'series'
  | 'seriesphoto'
  | 'seriespart'
  | 'anchor'
  | 'journal'
  | 'witness';

/** An expiry for items that never expire: the last time that a Date can hold. */
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
 * The shelves. Once a call has resolved, its writes survive a restart and `kill -9`. Every method
 * throws `unavailable` when the store cannot be reached. `put` throws `busy` when the store is
 * full, but not when the new item is smaller than the one it replaces. `replace` throws `busy` only
 * when there is no space left at all.
 */
export interface Pending extends AsyncDisposable {
  /** Puts an item on a shelf, in place of an item with the same id. */
  put(shelf: Shelf, item: PendingItem): Promise<void>;
  /**
   * As {@link put}, but changes nothing and gives false when there is an item with the same id that
   * has not expired.
   */
  add(shelf: Shelf, item: PendingItem): Promise<boolean>;
  /**
   * Takes an item from a shelf. When two callers try, one gets it. `not_yours`: it stays, because
   * it belongs to another owner. Undefined: it was never there, was already taken, or has expired.
   */
  take(shelf: Shelf, id: string, owner: string): Promise<PendingItem | 'not_yours' | undefined>;
  /**
   * Replaces an item by `item` (with the same id) if it is still as `before`, even if it has
   * expired. When two callers try, one succeeds. False: it has changed or is gone.
   */
  replace(shelf: Shelf, item: PendingItem, before: PendingItem): Promise<boolean>;
  /** Reads an item and leaves it there. Undefined as for {@link take}. */
  read(shelf: Shelf, id: string): Promise<PendingItem | undefined>;
  /** Removes an item without reading it. Does nothing when there is none. */
  drop(shelf: Shelf, id: string): Promise<void>;
  /**
   * All items on a shelf, and also those that have expired. Only {@link drop} or {@link tidy}
   * remove these. With `until`, only those that expire by then: it takes no longer when many expire
   * later.
   */
  list(shelf: Shelf, until?: number): Promise<PendingItem[]>;
  /**
   * As {@link list}, but only the owner's items. It takes no longer when others have many items.
   */
  owned(shelf: Shelf, owner: string): Promise<PendingItem[]>;
  /** Removes the owner's items from all shelves but `erasure`, and gives their number. */
  dropOwned(owner: string): Promise<number>;
  /**
   * Removes `parked`, `awaiting`, `presence`, `unproven`, `overdue`, `revealed`, `wrong`, `proof`,
   * `shown`, `sender`, `closed`, `taken`, `series`, `seriesphoto`, `seriespart` and `pulse` items
   * past their time, bytes included. Other items stay, because a clock may be ahead.
   */
  tidy(now: number): Promise<void>;
  /**
   * A mark that stays the same while the store keeps its contents. Another mark means that all
   * earlier items may be gone.
   */
  memory(): Promise<string>;
  /**
   * Removes the bytes of removed items from the disk, if the store's files are ours to scrub. True
   * when they are gone, false when a reader keeps them.
   */
  scrub(): Promise<boolean>;
  /**
   * Throws `unavailable` with its cause when the store does not answer, or is known to accept no
   * writes.
   */
  check(): Promise<void>;
}
