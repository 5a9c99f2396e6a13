import { LRUCache } from 'lru-cache';
import { UPDATES_REMEMBERED } from './updates.ts';

/** When updates came to this process for the first time. */
export interface Receipts {
  /** Notes that an update came. When it comes again, the first time stays. */
  readonly note: (update: number) => void;
  /** Milliseconds since 1970. The present time for an update that was not noted. */
  readonly at: (update: number) => number;
}

export function noteReceipts(): Receipts {
  const noted = new LRUCache<number, number>({ max: UPDATES_REMEMBERED });
  return {
    note(update) {
      if (!noted.has(update)) noted.set(update, Date.now());
    },
    at: (update) => noted.get(update) ?? Date.now(),
  };
}
