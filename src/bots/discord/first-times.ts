import { LRUCache } from 'lru-cache';

/** More ids than can be under way, or be repeated by a resumed connection. */
const IDS_REMEMBERED = 10_000;

/** What this process handled lately. */
export interface FirstTimes {
  /** Whether an id is new. The call makes it known. */
  take(id: string): boolean;
  /** Makes an id new again, because nothing came of it. */
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
