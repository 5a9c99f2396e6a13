import { hkdfSync } from 'node:crypto';

/** One key of 32 bytes for each purpose, all derived from MASTER_KEY. */
export interface Keys {
  /** Makes the keyed hashes by which people, places and owners are found. */
  readonly lookup: Uint8Array;
  /** Wraps the random key of each scope. */
  readonly wrap: Uint8Array;
  /** Seals the list of a person's groups. */
  readonly memberships: Uint8Array;
  /** Seals jobs in the queue and items on the shelves. */
  readonly jobs: Uint8Array;
  /** Makes the keyed hashes of erased people. */
  readonly tombstone: Uint8Array;
  /** Seals backups. */
  readonly backups: Uint8Array;
  /** The seed of the Ed25519 key that signs receipts. */
  readonly receipts: Uint8Array;
}

/** How many bytes a master key has at least. */
export const MIN_KEY_BYTES = 32;

/** A master key from text, in base64 or hex; undefined for other text, or when it is too short. */
export function keyFromText(text: string): Uint8Array | undefined {
  // Node's decoder accepts any text as base64, and skips the signs that do not fit. So without this
  // check a passphrase would become a weak key.
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
