import { DAY_MS } from '../../consent/sweep.ts';
import type { Person } from '../../consent/who.ts';
import type { Pending } from '../../queue/pending.ts';
import { shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import { TRIES_TO_NOTE, tooMany } from '../limits/disclosure-shelf.ts';

/** The most photos in which one person may be looked for in a day, over all groups. */
export const PHOTOS_A_DAY = 2_000;

/** How many characters of a hash name a message, among those of one person and day. */
const MESSAGE_CHARACTERS = 12;

/** How many of some photos may be looked at. */
export interface Granted {
  readonly photos: number;
  /** In how many seconds more may be looked at, if not all may. */
  readonly seconds: number;
}

/**
 * Counts the photos in which people are looked for on chats, for a day. A count is kept under a
 * keyed hash of the person that differs from the hash of an owner. So an erasure leaves the count,
 * and nobody avoids the limit by erasing themselves and coming back. Every method fails as
 * {@link Pending} says.
 */
export interface DailyPhotos {
  /** The most photos of a day. */
  readonly most: number;
  /**
   * Counts the photos of one message. Counts them once, even if it is called again for this
   * message.
   */
  readonly spend: (person: Person, message: string, photos: number) => Promise<Granted>;
}

/** By a message's hash: when its photos were counted, and how many of them. */
type Counted = Readonly<Record<string, readonly [at: number, photos: number]>>;

/** Kept on the shelf `proof` of `pending`; `now` is in milliseconds since 1970. */
export function dailyPhotosOn(pending: Pending, keys: Keys, now: () => number, most = PHOTOS_A_DAY): DailyPhotos {
  const counts = shelf<Counted>(pending, keys, 'proof');
  return {
    most,
    async spend({ platform, id: account }, message, photos) {
      const id = keyedHash(keys.lookup, 'proof', 'photos', platform, account);
      const one = keyedHash(keys.lookup, 'photos', message).slice(0, MESSAGE_CHARACTERS);
      for (let attempt = 0; attempt < TRIES_TO_NOTE; attempt += 1) {
        const kept = await counts.read(id);
        const before = Object.entries(kept?.value() ?? {}).filter(([, [at]]) => at > now() - DAY_MS);
        const known = before.find(([name]) => name === one)?.[1][1];
        const sum = before.reduce((all, [, [, counted]]) => all + counted, 0);
        const granted = known ?? Math.min(photos, Math.max(0, most - sum));
        const oldest = Math.min(now(), ...before.map(([, [at]]) => at));
        const outcome = { photos: granted, seconds: Math.ceil((oldest + DAY_MS - now()) / 1000) };
        if (known !== undefined || granted === 0) return outcome;
        const value: Counted = { ...Object.fromEntries(before), [one]: [now(), granted] };
        const expiresAt = now() + DAY_MS;
        const isDone = kept
          ? await counts.replace(kept, value, expiresAt)
          : (await counts.add({ id, owner: id, value, expiresAt })) !== undefined;
        if (isDone) return outcome;
      }
      throw tooMany();
    },
  };
}
