import { LRUCache } from 'lru-cache';

/**
 * How many ids are remembered. They are more than a process handles at a time, and more than come
 * again when a connection is resumed.
 */
const IDS_REMEMBERED = 10_000;

/** The ids that this process handled lately. */
export interface FirstTimes {
  /** Whether an id is new. After the call it is known. */
  take(id: string): boolean;
  /** Makes an id new again, because it was not handled after all. */
  forget(id: string): void;
}

/** Keeps the latest ids, in memory only. */
export function firstTimes(): FirstTimes {
  const seen = new LRUCache<string, true>({ max: IDS_REMEMBERED });
  return {
    take(id) {
      if (seen.has(id)) return false;
      seen.set(id, true);
      return true;
    },
    forget: (id) => void seen.delete(id),
  };
}
