import type { Person } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Pending } from '../../queue/pending.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import { dailyTriesOn } from './daily-tries.ts';

/** The most asks with a selfie that one person may send in a day, over all groups. */
export const SELFIE_ASKS_A_DAY = 5;

/** Counts asks that bring a selfie, which may show anybody. It fails as {@link Pending} says. */
export interface SelfieAsks {
  /**
   * Counts an ask once, however often it runs. Gives whether it was counted just now.
   * @throws Failure `rate_limited` with `seconds` until another is allowed
   */
  readonly spend: (person: Person, ask: string) => Promise<boolean>;
}

/** Keeps the counts on a shelf of `pending`; `now` is in milliseconds since 1970. */
export function selfieAsksOn(pending: Pending, keys: Keys, now: () => number): SelfieAsks {
  const tries = dailyTriesOn(pending, keys, now);
  return {
    spend: ({ platform, id }, ask) =>
      tries.spend(keyedHash(keys.lookup, 'proof', 'selfie', platform, id), keyedHash(keys.lookup, 'job', ask), {
        most: SELFIE_ASKS_A_DAY,
        refusal: (seconds) => new Failure('rate_limited', { details: { selfie: 1, seconds } }),
      }),
  };
}
