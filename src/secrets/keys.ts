import { hkdfSync } from 'node:crypto';

/** One key per purpose, all derived from MASTER_KEY, so that no key serves two ends. 32 bytes each. */
export interface Keys {
  /** Keyed hashes by which people, places and owners are looked up. */
  readonly lookup: Uint8Array;
  /** Wraps the random key of each scope. */
  readonly wrap: Uint8Array;
  /** Seals the list of a person's groups. */
  readonly memberships: Uint8Array;
  /** Seals queued jobs and everything on the pending shelves. */
  readonly jobs: Uint8Array;
  /** Keyed hashes of the erased. */
  readonly tombstone: Uint8Array;
  /** Seals backups. */
  readonly backups: Uint8Array;
  /** Seed of the Ed25519 key that signs receipts. */
  readonly receipts: Uint8Array;
}

/** A master key has at least so many bytes. */
export const MIN_KEY_BYTES = 32;

/** A master key as somebody writes it, in base64 or hex; undefined where it is none, or too short. */
export function keyFromText(text: string): Uint8Array | undefined {
  // Node's decoder takes any text for base64 and passes over what is none: a passphrase would become a weak key.
  const isBase64 = /^[\w+/-]{43,}={0,2}$/.test(text);
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(isBase64 ? text : '', 'base64');
  return key.length < MIN_KEY_BYTES ? undefined : key;
}

/** Derives all keys (HKDF-SHA256, RFC 5869) from a master key of at least 32 bytes. */
export function deriveKeys(master: Uint8Array): Keys {
  if (master.length < MIN_KEY_BYTES) throw new RangeError(`a master key has at least ${MIN_KEY_BYTES} bytes`);
  const derive = (purpose: string) => new Uint8Array(hkdfSync('sha256', master, '', `facefinder/1/${purpose}`, 32));
  return {
    lookup: derive('lookup'),
    wrap: derive('wrap'),
    memberships: derive('memberships'),
    jobs: derive('jobs'),
    tombstone: derive('tombstone'),
    backups: derive('backups'),
    receipts: derive('receipts'),
  };
}
