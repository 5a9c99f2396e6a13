/** More than can be under way, or be repeated by a connection that is resumed. */
const REMEMBERED = 10_000;

/** What this process took in hand lately. */
export interface FirstTimes {
  /** Whether an id is new; it no longer is from then on. */
  take(id: string): boolean;
  /** Nothing came of it: it is new once more. */
  forget(id: string): void;
}

/** Remembers the latest ids, in memory alone. */
export function firstTimes(): FirstTimes {
  const seen = new Set<string>();
  return {
    take(id) {
      if (seen.has(id)) return false;
      // A Set keeps the order of insertion: the first is the oldest.
      const [oldest] = seen;
      if (seen.size >= REMEMBERED && oldest !== undefined) seen.delete(oldest);
      seen.add(id);
      return true;
    },
    forget: (id) => void seen.delete(id),
  };
}
