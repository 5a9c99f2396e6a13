import { createHash, type Hash } from 'node:crypto';
import { REQUEST_MS } from './conversation.ts';

/**
 * How long a key holds after its request was made: as long as an answer may take, and then two
 * minutes for the program to start again.
 */
const KEY_MS = REQUEST_MS + 2 * 60_000;

/** How far ahead of this clock the clock of a request may be. */
const AHEAD_MS = 1_000;

/** The milliseconds since 1970 when a request was made, and at least 22 random characters. */
const KEY = /^(\d{13})-[\w-]{22,64}$/;

/** Computes the charge of a message while its photos arrive. */
interface Charging {
  /** Takes in bytes of a photo. */
  readonly append: (photo: string, chunk: Uint8Array) => void;
  /**
   * The charge of a message with these fields and photos: the same whenever they and the key are
   * the same. Nobody can tell from it what the photos showed, because nobody else has the key.
   */
  readonly of: (fields: readonly string[], photos: readonly string[]) => string;
}

/** Whether a text has the form of a key. */
export const isKey = (key: string): boolean => KEY.test(key);

/**
 * Begins the charge of a message with this key. Undefined when the key is too old, or from the
 * future: the message then counts as a new one. So nobody can keep a key to ask again for nothing
 * when the people to be found have other selfies.
 */
export function chargeUnder(key: string, now: number): Charging | undefined {
  const age = now - Number(KEY.exec(key)?.[1]);
  if (!(age > -AHEAD_MS && age < KEY_MS)) return undefined;
  const hashes = new Map<string, Hash>();
  return {
    append(photo, chunk) {
      const hash = hashes.get(photo) ?? createHash('sha256');
      hashes.set(photo, hash.update(chunk));
    },
    of(fields, photos) {
      const bytes = photos.map((photo) => hashes.get(photo)?.digest('hex') ?? '');
      return createHash('sha256')
        .update(JSON.stringify([key, fields, bytes]))
        .digest('hex');
    },
  };
}
