import { DAY_MS } from '../../consent/sweep.ts';
import type { Pending } from '../../queue/pending.ts';
import { shelf } from '../../queue/sealed-shelf.ts';
import type { Keys } from '../../secrets/keys.ts';
import { TRIES_TO_NOTE, tooMany } from './disclosure-shelf.ts';

/** What was counted. */
export interface Spent {
  /** How many were allowed and counted; 0 when the day has none left. */
  readonly granted: number;
  /** Whether they were counted just now, and not by an earlier call for the same `one`. */
  readonly isNew: boolean;
  /** How long it takes until more are allowed. */
  readonly seconds: number;
}

/**
 * Counts what a person does in a day. The shelf `proof` of `pending` has the times, sealed, under
 * `id`: a keyed hash of the person that differs from the hash of an owner. So an erasure leaves the
 * count, and nobody avoids the limit by erasing themselves and coming back. A damaged count begins
 * anew. Fails as {@link Pending} says.
 */
export interface DailyCounts {
  /**
   * Counts up to `many` at once, as long as the last 24 hours have no more than `most`. Called
   * again for the same `one`, it counts nothing, and grants what it granted before.
   */
  readonly spend: (id: string, one: string, limit: { readonly many: number; readonly most: number }) => Promise<Spent>;
}

/** When something was counted, and how many of it. A time alone counts one. */
type Counted = number | readonly [at: number, many: number];

/** `now` is in milliseconds since 1970. */
export function dailyCountsOn(pending: Pending, keys: Keys, now: () => number): DailyCounts {
  const counts = shelf<Readonly<Record<string, Counted>>>(pending, keys, 'proof');
  return {
    async spend(id, one, { many, most }) {
      for (let attempt = 0; attempt < TRIES_TO_NOTE; attempt += 1) {
        const kept = await counts.read(id);
        const before = Object.entries(kept?.righted() ?? {}).filter(([, counted]) => atOf(counted) > now() - DAY_MS);
        const known = before.find(([name]) => name === one)?.[1];
        const sum = before.reduce((all, [, counted]) => all + manyOf(counted), 0);
        const granted = known === undefined ? Math.min(many, Math.max(0, most - sum)) : manyOf(known);
        const oldest = Math.min(now(), ...before.map(([, counted]) => atOf(counted)));
        const seconds = Math.ceil((oldest + DAY_MS - now()) / 1000);
        if (known !== undefined || granted === 0) return { granted, isNew: false, seconds };
        const counted: Counted = granted === 1 ? now() : [now(), granted];
        const value = { ...Object.fromEntries(before), [one]: counted };
        const expiresAt = now() + DAY_MS;
        const isDone = kept
          ? await counts.replace(kept, value, expiresAt)
          : (await counts.add({ id, owner: id, value, expiresAt })) !== undefined;
        if (isDone) return { granted, isNew: true, seconds };
      }
      throw tooMany();
    },
  };
}

const atOf = (counted: Counted) => (typeof counted === 'number' ? counted : counted[0]);
const manyOf = (counted: Counted) => (typeof counted === 'number' ? 1 : counted[1]);
