import { createCipheriv, createDecipheriv } from 'node:crypto';
import { flippedBit } from './ghash.ts';
import { NONCE, TAG, unseal } from './seal.ts';

/**
 * Unseals values even if a disk or memory has flipped one of their bits. The tag of AES-GCM tells
 * which bit that was, or each bit is tried. With the bit flipped back, the value opens. A wrongly
 * repaired value would open once in 2^128 tries.
 */

/**
 * The bytes that `seal` sealed. One flipped bit is repaired in the result. Undefined when there is
 * more damage, or somebody changed the value.
 */
export function unsealRighted(key: Uint8Array, sealed: Uint8Array, context: string): Buffer | undefined {
  return opened(key, sealed, context) ?? righted(key, sealed, context);
}

/** Whether a sealed value opens without a repair. */
export function opens(key: Uint8Array, sealed: Uint8Array, context: string): boolean {
  return matching(key, sealed, context) !== undefined;
}

/**
 * The content of a sealed value (bytes, or their base64url text), and whether the value opened
 * without a repair. Undefined when there is more damage than one flipped bit, or somebody changed
 * the value.
 */
export function conditionOf(
  key: Uint8Array,
  sealed: Uint8Array | string,
  context: string,
): { readonly plain: Buffer; readonly isWhole: boolean } | undefined {
  const bytes = typeof sealed === 'string' ? Buffer.from(sealed, 'base64url') : sealed;
  const whole = opened(key, bytes, context);
  if (whole) return { plain: whole, isWhole: true };
  const plain = typeof sealed === 'string' ? unsealTextRighted(key, sealed, context) : righted(key, sealed, context);
  return plain && { plain, isWhole: false };
}

/**
 * As {@link unsealRighted}, for sealed bytes that are stored as base64url text. One flipped bit of
 * the text changes several bits of the bytes. So each bit of the text is tried. When the highest
 * bit of a character was flipped, a store gives U+FFFD in its place. Then each character of
 * base64url is tried there.
 */
export function unsealTextRighted(key: Uint8Array, sealed: string, context: string): Buffer | undefined {
  const bytesOf = (text: string | Uint8Array) => Buffer.from(Buffer.from(text).toString('latin1'), 'base64url');
  let plain = opened(key, bytesOf(sealed), context);
  const others = sealed.includes(LOST)
    ? [...BASE64URL].map((one) => sealed.replace(LOST, one))
    : flips(Buffer.from(sealed, 'latin1'));
  for (const text of plain ? [] : others) {
    plain = matching(key, bytesOf(text), context);
    if (plain) break;
  }
  return plain;
}

/** What a store gives in place of a byte that belongs to no character. */
const LOST = '\ufffd';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** As {@link unsealRighted}, for values that `sealJson` sealed. They are not checked to be a T. */
export function unsealJsonRighted<T>(key: Uint8Array, sealed: string, context: string): T | undefined {
  const plain = unsealTextRighted(key, sealed, context);
  return plain && (JSON.parse(plain.toString()) as T);
}

function opened(key: Uint8Array, sealed: Uint8Array, context: string): Buffer | undefined {
  try {
    return unseal(key, sealed, context);
  } catch {
    return undefined;
  }
}

function righted(key: Uint8Array, sealed: Uint8Array, context: string): Buffer | undefined {
  if (sealed.length < NONCE + TAG) return undefined;
  const nonce = sealed.subarray(0, NONCE);
  const rest = sealed.subarray(NONCE);
  const [tag, body] = [rest.subarray(0, TAG), rest.subarray(TAG)];
  const plain = decrypted(key, nonce, body);
  const difference = tagOf(key, nonce, plain, context).map((byte, at) => byte ^ (tag[at] as number));
  const inTag = difference.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0) === 1;
  if (inTag) return plain;
  const bit = flippedBit(key, body.length, difference);
  if (bit !== undefined) {
    // A flipped bit of the ciphertext flips the same bit of the plaintext.
    plain[bit >> 3] = (plain[bit >> 3] as number) ^ (0x80 >> (bit & 7));
    return tagOf(key, nonce, plain, context).equals(tag) ? plain : undefined;
  }
  for (const other of flips(nonce)) {
    const found = matching(key, Buffer.concat([other, rest]), context);
    if (found) return found;
  }
  return undefined;
}

/**
 * The unsealed value; undefined when it does not open. Unlike `unseal` it throws no error, because
 * errors would take most of the time when many bits are tried.
 */
function matching(key: Uint8Array, sealed: Uint8Array, context: string): Buffer | undefined {
  if (sealed.length < NONCE + TAG) return undefined;
  const nonce = sealed.subarray(0, NONCE);
  const plain = decrypted(key, nonce, sealed.subarray(NONCE + TAG));
  return tagOf(key, nonce, plain, context).equals(sealed.subarray(NONCE, NONCE + TAG)) ? plain : undefined;
}

function decrypted(key: Uint8Array, nonce: Uint8Array, body: Uint8Array): Buffer {
  return createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG }).update(body);
}

function tagOf(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, context: string): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  cipher.update(plain);
  cipher.final();
  return cipher.getAuthTag();
}

/** Gives the bytes once for each bit, with that bit flipped, always in the same array. */
function* flips(bytes: Uint8Array): Generator<Uint8Array> {
  const flipped = Buffer.from(bytes);
  for (const [at, byte] of bytes.entries()) {
    for (let bit = 1; bit < 256; bit *= 2) {
      flipped[at] = byte ^ bit;
      yield flipped;
    }
    flipped[at] = byte;
  }
}
