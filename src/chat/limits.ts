import { Failure } from '../failure.ts';

const HOUR_MS = 3_600_000;

/** Counts what a person does within an hour, by keyed hash, in memory: gone after an hour, and with the process. */
export interface Limits {
  /**
   * Counts one use by `owner`; the same `use` again is not counted twice.
   * @throws Failure `rate_limited` with `seconds` until there is room again.
   */
  readonly spend: (owner: string, use: string) => void;
}

/** At most `perHour` uses in any hour. */
export function hourlyLimits(perHour: number, now: () => number): Limits {
  const uses = new Map<string, Map<string, number>>();
  return {
    spend(owner, use) {
      const time = now();
      forgetBefore(uses, time - HOUR_MS);
      const mine = uses.get(owner) ?? new Map<string, number>();
      if (mine.has(use)) return;
      const [oldest] = mine.values();
      if (mine.size >= perHour && oldest !== undefined) {
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
