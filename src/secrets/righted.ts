import { createCipheriv, createDecipheriv } from 'node:crypto';
import { flippedAmong, flippedBit } from './ghash.ts';
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
 * the text changes up to six bits of the bytes, or makes a character that is none of base64url.
 * When the highest bit of a character was flipped, a store gives U+FFFD in its place.
 */
export function unsealTextRighted(key: Uint8Array, sealed: string, context: string): Buffer | undefined {
  const whole = opened(key, bytesIn(sealed), context);
  if (whole) return whole;
  const strange = sealed.search(/[^\w-]/);
  const others = strange < 0 ? flipsOfHead(sealed) : [...BASE64URL].map((one) => replaced(sealed, strange, one));
  for (const text of others) {
    const plain = matching(key, bytesIn(text), context);
    if (plain) return plain;
  }
  return strange < 0 ? rightedBody(key, sealed, context) : undefined;
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** How many bits of the bytes a character of base64url holds. */
const SEXTET = 6;
/** How many characters hold the nonce and the tag. The last of them also holds bits of the body. */
const HEAD = Math.ceil(((NONCE + TAG) * 8) / SEXTET);

function bytesIn(text: string): Buffer {
  return Buffer.from(Buffer.from(text).toString('latin1'), 'base64url');
}

function replaced(text: string, at: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + 1);
}

/** The characters of base64url that a flip of one bit makes of this one. */
function neighboursOf(character: string): string[] {
  const code = character.charCodeAt(0);
  return [1, 2, 4, 8, 16, 32, 64]
    .map((bit) => String.fromCharCode(code ^ bit))
    .filter((other) => BASE64URL.includes(other));
}

function* flipsOfHead(text: string): Generator<string> {
  for (let at = 0; at < Math.min(HEAD, text.length); at++) {
    for (const other of neighboursOf(text.charAt(at))) yield replaced(text, at, other);
  }
}

/** For each flip of one bit of the text behind its head: the bits of the body that change by it. */
function* flipsOfBody(text: string, bits: number): Generator<readonly number[]> {
  for (let at = HEAD; at < text.length; at++) {
    const character = text.charAt(at);
    const first = at * SEXTET - (NONCE + TAG) * 8;
    for (const other of neighboursOf(character)) {
      const change = BASE64URL.indexOf(character) ^ BASE64URL.indexOf(other);
      const flipped: number[] = [];
      for (let bit = 0; bit < SEXTET; bit++) {
        if ((change & (0x20 >> bit)) !== 0 && first + bit < bits) flipped.push(first + bit);
      }
      yield flipped;
    }
  }
}

/** Unseals a text with one flipped bit behind nonce and tag. Undefined when it has other damage. */
function rightedBody(key: Uint8Array, sealed: string, context: string): Buffer | undefined {
  const bytes = bytesIn(sealed);
  if (bytes.length < NONCE + TAG) return undefined;
  const { plain, difference } = compared(key, bytes, context);
  const bits = flippedAmong(key, plain.length, difference, flipsOfBody(sealed, plain.length * 8));
  return bits && reflipped(key, bytes, context, plain, bits);
}

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
  const { plain, difference } = compared(key, sealed, context);
  const inTag = difference.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0) === 1;
  if (inTag) return plain;
  const bit = flippedBit(key, plain.length, difference);
  if (bit !== undefined) return reflipped(key, sealed, context, plain, [bit]);
  const [nonce, rest] = [sealed.subarray(0, NONCE), sealed.subarray(NONCE)];
  for (const other of flips(nonce)) {
    const found = matching(key, Buffer.concat([other, rest]), context);
    if (found) return found;
  }
  return undefined;
}

/** The content of a damaged value, and the XOR of that content's tag and the stored tag. */
function compared(key: Uint8Array, sealed: Uint8Array, context: string) {
  const nonce = sealed.subarray(0, NONCE);
  const tag = sealed.subarray(NONCE, NONCE + TAG);
  const plain = decrypted(key, nonce, sealed.subarray(NONCE + TAG));
  return { plain, difference: tagOf(key, nonce, plain, context).map((byte, at) => byte ^ (tag[at] as number)) };
}

/** The content with these bits flipped back; undefined when it still does not fit its tag. */
function reflipped(
  key: Uint8Array,
  sealed: Uint8Array,
  context: string,
  plain: Buffer,
  bits: readonly number[],
): Buffer | undefined {
  // A flipped bit of the ciphertext flips the same bit of the plaintext.
  for (const bit of bits) plain[bit >> 3] = (plain[bit >> 3] as number) ^ (0x80 >> (bit & 7));
  const tag = sealed.subarray(NONCE, NONCE + TAG);
  return tagOf(key, sealed.subarray(0, NONCE), plain, context).equals(tag) ? plain : undefined;
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
export function* flips(bytes: Uint8Array): Generator<Uint8Array> {
  const flipped = Buffer.from(bytes);
  for (const [at, byte] of bytes.entries()) {
    for (let bit = 1; bit < 256; bit *= 2) {
      flipped[at] = byte ^ bit;
      yield flipped;
    }
    flipped[at] = byte;
  }
}
