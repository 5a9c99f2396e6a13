import { DAY_MS } from '../../consent/sweep.ts';
import type { Failure } from '../../failure.ts';
import type { Pending } from '../../queue/pending.ts';
import { shelf } from '../../queue/sealed-shelf.ts';
import type { Keys } from '../../secrets/keys.ts';
import { TRIES_TO_NOTE, tooMany } from './disclosure-shelf.ts';

/**
 * Counts how often a person tries something in a day. The shelf `proof` of `pending` has the time
 * of each try, sealed, under `id`: a keyed hash of the person that differs from the hash of an
 * owner. So an erasure leaves the count, and nobody avoids the limit by erasing themselves and
 * coming back. Fails as {@link Pending} says.
 */
export interface DailyTries {
  /**
   * Counts a try once, even if it is called again for the same try. Gives whether the try was
   * counted just now.
   * @throws the error that `refusal` makes of the seconds until another try is allowed
   */
  readonly spend: (
    id: string,
    one: string,
    limit: { readonly most: number; readonly refusal: (seconds: number) => Failure },
  ) => Promise<boolean>;
}

/** `now` is in milliseconds since 1970. */
export function dailyTriesOn(pending: Pending, keys: Keys, now: () => number): DailyTries {
  const tries = shelf<Readonly<Record<string, number>>>(pending, keys, 'proof');
  return {
    async spend(id, one, { most, refusal }) {
      for (let attempt = 0; attempt < TRIES_TO_NOTE; attempt += 1) {
        const kept = await tries.read(id);
        const before = Object.entries(kept?.value() ?? {}).filter(([, time]) => time > now() - DAY_MS);
        if (before.some(([known]) => known === one)) return false;
        const [oldest] = before.map(([, time]) => time).toSorted((a, b) => a - b);
        if (oldest !== undefined && before.length >= most) {
          throw refusal(Math.ceil((oldest + DAY_MS - now()) / 1000));
        }
        const item = { id, owner: id, value: Object.fromEntries([...before, [one, now()]]), expiresAt: now() + DAY_MS };
        const isDone = kept
          ? await tries.replace(kept, item.value, item.expiresAt)
          : (await tries.add(item)) !== undefined;
        if (isDone) return true;
      }
      throw tooMany();
    },
  };
}
