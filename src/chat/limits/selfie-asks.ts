import type { Person } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Pending } from '../../queue/pending.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import { dailyCountsOn } from './daily-counts.ts';

/** The most asks with a selfie that one person may send in a day, over all groups. */
export const SELFIE_ASKS_A_DAY = 5;

/**
 * Counts asks that bring a selfie. They are limited, because the selfie may show anybody. It fails
 * as {@link Pending} says.
 */
export interface SelfieAsks {
  /**
   * Counts an ask once, however often it runs. Gives whether it was counted just now.
   * @throws Failure `rate_limited` with `seconds` until another ask is allowed
   */
  readonly spend: (person: Person, ask: string) => Promise<boolean>;
}

/** Keeps the counts on a shelf of `pending`; `now` is in milliseconds since 1970. */
export function selfieAsksOn(pending: Pending, keys: Keys, now: () => number): SelfieAsks {
  const counts = dailyCountsOn(pending, keys, now);
  return {
    async spend({ platform, id }, ask) {
      const person = keyedHash(keys.lookup, 'proof', 'selfie', platform, id);
      const limit = { many: 1, most: SELFIE_ASKS_A_DAY };
      const { granted, isNew, seconds } = await counts.spend(person, keyedHash(keys.lookup, 'job', ask), limit);
      if (granted === 0) throw new Failure('rate_limited', { details: { selfie: 1, seconds } });
      return isNew;
    },
  };
}
