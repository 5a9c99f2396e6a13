import { DAY_MS } from '../consent/sweep.ts';
import type { Person } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import type { Pending } from '../queue/pending.ts';
import { shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import { TRIES_TO_NOTE, tooMany } from './disclosure-shelf.ts';

/** The most asks with a selfie that one person may send in a day, over all groups. */
export const SELFIE_ASKS_A_DAY = 5;

/**
 * Counts asks that bring a selfie, which may show anybody. It keeps the times and keyed hashes of
 * the asks, sealed, under a keyed hash of the person. An erasure leaves them: erasing oneself and
 * coming back does not avoid the limit. Fails as {@link Pending} says.
 */
export interface SelfieAsks {
  /**
   * Counts an ask once, however often it runs. Gives whether it was counted just now.
   * @throws Failure `rate_limited` with `seconds` until another is allowed
   */
  readonly spend: (person: Person, ask: string) => Promise<boolean>;
}

/** Keeps the counts on a shelf of `pending`; `now` is in milliseconds since 1970. */
export function selfieAsksOn(pending: Pending, keys: Keys, now: () => number): SelfieAsks {
  const asks = shelf<Readonly<Record<string, number>>>(pending, keys, 'proof');
  return {
    async spend({ platform, id: who }, ask) {
      const id = keyedHash(keys.lookup, 'proof', 'selfie', platform, who);
      const mine = keyedHash(keys.lookup, 'job', ask);
      for (let attempt = 0; attempt < TRIES_TO_NOTE; attempt += 1) {
        const kept = await asks.read(id);
        const before = Object.entries(kept?.value() ?? {}).filter(([, time]) => time > now() - DAY_MS);
        if (before.some(([one]) => one === mine)) return false;
        const [oldest] = before.map(([, time]) => time).toSorted((a, b) => a - b);
        if (oldest !== undefined && before.length >= SELFIE_ASKS_A_DAY) {
          const seconds = Math.ceil((oldest + DAY_MS - now()) / 1000);
          throw new Failure('rate_limited', { details: { selfie: 1, seconds } });
        }
        const value = Object.fromEntries([...before, [mine, now()]]);
        const expiresAt = now() + DAY_MS;
        const isDone = kept
          ? await asks.replace(kept, value, expiresAt)
          : (await asks.add({ id, owner: id, value, expiresAt })) !== undefined;
        if (isDone) return true;
      }
      throw tooMany();
    },
  };
}
