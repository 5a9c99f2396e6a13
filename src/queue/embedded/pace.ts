import { PACE_FROM, PACE_WEIGHT } from '../rules.ts';

/**
 * How fast jobs have lately ended while others waited. Without waiting jobs the pace cannot be
 * measured.
 */
export interface Pace {
  /** Notes that a job ended at `now` (milliseconds since 1970). `isWaiting`: another job waits. */
  ended(now: number, isWaiting: boolean): void;
  /** Milliseconds from one end to the next; undefined before enough are known. */
  readonly meanMs: number | undefined;
}

export function openPace(): Pace {
  let last: number | undefined;
  let meanMs = 0;
  let count = 0;
  return {
    ended(now, isWaiting) {
      if (isWaiting && last !== undefined) {
        meanMs = count === 0 ? now - last : meanMs + (now - last - meanMs) * PACE_WEIGHT;
        count += 1;
      }
      last = isWaiting ? now : undefined;
    },
    get meanMs() {
      return count < PACE_FROM ? undefined : meanMs;
    },
  };
}
