import { PACE_FROM, PACE_WEIGHT } from '../rules.ts';

/**
 * How fast jobs have ended lately. It is measured only while another job waits, because otherwise
 * the workers may have nothing to do between two ends.
 */
export interface Pace {
  /** Notes that a job ended at `now` (milliseconds since 1970). `isWaiting`: another job waits. */
  ended(now: number, isWaiting: boolean): void;
  /**
   * The mean time from the end of one job to the end of the next, in milliseconds. Undefined until
   * {@link PACE_FROM} such times were measured.
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
