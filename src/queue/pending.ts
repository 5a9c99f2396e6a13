/**
 * Shelves of small durable state, all of it sealed:
 * `parked` asks that wait for a button or a deep link, `awaiting` asks that wait for a photo, open `placeholder`s that must be
 * replaced by `expired` if no answer comes, what was `heard` and not done yet, `erasure`s that are not finished, the bot's `presence` in
 * groups, people `unproven` to be in theirs, or `overdue` to be erased, when was last `swept`, `wrong` names that were said, gestures that were asked for as `proof`, what groups were `shown`, whose
 * photos others searched as `sender`, and answers to the `pulse`, which are about nobody. As a gallery's second place: an `anchor` for each ledger, the `journal` of
 * erasures, and since when it is a `witness`.
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
  | 'anchor'
  | 'journal'
  | 'witness';

/** When an item is over that nothing but a call ends: the last moment that a Date can tell. */
export const FOR_EVER = 8_640_000_000_000_000;

export interface PendingItem {
  readonly id: string;
  /** Keyed hash of whose it is. */
  readonly owner: string;
  /** Sealed. */
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Survives a restart and `kill -9` once a call has resolved. Every method throws `unavailable` when the store cannot be reached;
 * `put` throws `busy` when it is full (never for what takes the place of something larger), `replace` when it is brim-full.
 */
export interface Pending extends AsyncDisposable {
  /** Puts an item on a shelf; one of the same id there is replaced. */
  put(shelf: Shelf, item: PendingItem): Promise<void>;
  /** As {@link put}, unless one of the same id is there that is not past its time: false then, and nothing changes. */
  add(shelf: Shelf, item: PendingItem): Promise<boolean>;
  /**
   * Takes an item off, once: of two callers one gets it. `not_yours`: it is there and stays, but belongs to another owner.
   * `undefined`: never there, already taken, or past its time.
   */
  take(shelf: Shelf, id: string, owner: string): Promise<PendingItem | 'not_yours' | undefined>;
  /**
   * Replaces an item by `item` (of the same id) if it still is what `before` says, late or not: of two callers one does. False:
   * it is another by now, or gone.
   */
  replace(shelf: Shelf, item: PendingItem, before: PendingItem): Promise<boolean>;
  /** Reads without taking. Undefined as for {@link take}. */
  read(shelf: Shelf, id: string): Promise<PendingItem | undefined>;
  /** Removes without reading; nothing happens when it is not there. */
  drop(shelf: Shelf, id: string): Promise<void>;
  /** Every item on a shelf, also those past their time (they are removed by {@link drop} or {@link tidy}). */
  list(shelf: Shelf): Promise<PendingItem[]>;
  /** As {@link list}, of what `owner` has there: what others have costs nothing. */
  owned(shelf: Shelf, owner: string): Promise<PendingItem[]>;
  /** Removes all that `owner` has on other shelves than `erasure`; returns how many. Erasures stay. */
  dropOwned(owner: string): Promise<number>;
  /**
   * Removes `parked`, `awaiting`, `presence`, `unproven`, `overdue`, `revealed`, `wrong`, `proof`, `shown`, `sender`,
   * `closed`, `taken` and `pulse` items past their time, bytes included. What must not go by a clock that may be ahead
   * stays.
   */
  tidy(now: number): Promise<void>;
  /** A mark that stays the same as long as the store remembers: another one says that what was put before may all be gone. */
  memory(): Promise<string>;
  /** Bytes of removed items are gone from disk too, where the store is ours to scan: true when clean, false when a reader kept them. */
  scrub(): Promise<boolean>;
  /** Throws `unavailable`, with its cause, while the store does not answer, or as far as is known takes nothing. */
  check(): Promise<void>;
}
