import { Failure } from '../../failure.ts';

const HOUR_MS = 3_600_000;

/** Counts each person's uses within an hour, by keyed hash, in memory only. */
export interface Limits {
  /**
   * Counts one use by `owner`, who may have `perHour` uses in any hour. The same `use` counts once.
   * @throws Failure `rate_limited` with `seconds` until another use is allowed
   */
  readonly spend: (owner: string, use: string, perHour: number) => void;
}

/** Starts to count. Nothing is used yet. */
export function hourlyLimits(now: () => number): Limits {
  const uses = new Map<string, Map<string, number>>();
  return {
    spend(owner, use, perHour) {
      const time = now();
      forgetBefore(uses, time - HOUR_MS);
      const mine = uses.get(owner) ?? new Map<string, number>();
      if (mine.has(use)) return;
      // The use that must be an hour old before another use is allowed. Usually it is the oldest
      // one. After the limit was lowered, it is a later one.
      const oldest = [...mine.values()][mine.size - perHour];
      if (oldest !== undefined) {
        throw new Failure('rate_limited', { details: { seconds: Math.ceil((oldest + HOUR_MS - time) / 1000) } });
      }
      uses.set(owner, mine.set(use, time));
    },
  };
}

function forgetBefore(uses: Map<string, Map<string, number>>, time: number): void {
  for (const [owner, mine] of uses) {
    for (const [use, at] of mine) if (at <= time) mine.delete(use);
    if (mine.size === 0) uses.delete(owner);
  }
}
