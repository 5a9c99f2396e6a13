import type { Person } from '../../consent/who.ts';
import type { Pending } from '../../queue/pending.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import { dailyCountsOn } from '../limits/daily-counts.ts';

/** The most photos in which one person may be looked for in a day, over all groups. */
export const PHOTOS_A_DAY = 2_000;

/**
 * How many characters of a message's hash are kept. They tell apart one person's messages of a day.
 */
const MESSAGE_CHARACTERS = 12;

/** How many photos of a message may be looked at. */
export interface Granted {
  readonly photos: number;
  /** How long it takes until more photos may be looked at, if not all of these may. */
  readonly seconds: number;
}

/**
 * Counts, for each person, the photos in which they want to be looked for. It fails as
 * {@link Pending} says.
 */
export interface DailyPhotos {
  /** The most photos of one person in a day. */
  readonly most: number;
  /**
   * Counts the photos of one message. Counts them once, even if it is called again for this
   * message.
   */
  readonly spend: (person: Person, message: string, photos: number) => Promise<Granted>;
}

/** Keeps the counts on a shelf of `pending`; `now` is in milliseconds since 1970. */
export function dailyPhotosOn(pending: Pending, keys: Keys, now: () => number, most = PHOTOS_A_DAY): DailyPhotos {
  const counts = dailyCountsOn(pending, keys, now);
  return {
    most,
    async spend({ platform, id }, message, photos) {
      const person = keyedHash(keys.lookup, 'proof', 'photos', platform, id);
      const one = keyedHash(keys.lookup, 'photos', message).slice(0, MESSAGE_CHARACTERS);
      const { granted, seconds } = await counts.spend(person, one, { many: photos, most });
      return { photos: granted, seconds };
    },
  };
}
