import { LRUCache } from 'lru-cache';

/** More than can be under way, or be repeated by a connection that is resumed. */
const IDS_REMEMBERED = 10_000;

/** What this process took in hand lately. */
export interface FirstTimes {
  /** Whether an id is new; it no longer is from then on. */
  take(id: string): boolean;
  /** Nothing came of it: it is new once more. */
  forget(id: string): void;
}

/** Remembers the latest ids, in memory alone. */
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
