import { Failure } from '../failure.ts';

const HOUR_MS = 3_600_000;

/** Counts what a person does within an hour, by keyed hash, in memory: gone after an hour, and with the process. */
export interface Limits {
  /**
   * Counts one use by `owner`, who may have `perHour` in any hour; the same `use` again is not counted twice.
   * @throws Failure `rate_limited` with `seconds` until there is room again.
   */
  readonly spend: (owner: string, use: string, perHour: number) => void;
}

/** Nothing is used yet. */
export function hourlyLimits(now: () => number): Limits {
  const uses = new Map<string, Map<string, number>>();
  return {
    spend(owner, use, perHour) {
      const time = now();
      forgetBefore(uses, time - HOUR_MS);
      const mine = uses.get(owner) ?? new Map<string, number>();
      if (mine.has(use)) return;
      // What has to be over before there is room: more than one, where fewer may be than might be before.
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
