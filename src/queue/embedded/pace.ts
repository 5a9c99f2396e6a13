import { PACE_FROM, PACE_WEIGHT } from '../rules.ts';

/**
 * How fast jobs have ended lately while others waited. When none waits, the pace cannot be
 * measured.
 */
export interface Pace {
  /** Notes that a job ended at `now` (milliseconds since 1970). `isWaiting`: another job waits. */
  ended(now: number, isWaiting: boolean): void;
  /**
   * The mean time from one end to the next, in milliseconds. Undefined until enough ends are known.
   */
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
