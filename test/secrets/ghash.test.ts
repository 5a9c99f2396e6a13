import { createCipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { flippedBit } from '../../src/secrets/ghash.ts';

const key = randomBytes(32);
const iv = randomBytes(12);

/** The tag of AES-256-GCM, as Node's OpenSSL computes it. */
function tagOf(plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.update(plain);
  cipher.final();
  return cipher.getAuthTag();
}

/**
 * How the tag changes when this bit of a ciphertext is flipped. To flip it, the same bit of the
 * plain text is flipped.
 */
function differenceBy(bit: number, bytes: number): Buffer {
  const plain = randomBytes(bytes);
  const flipped = Buffer.from(plain);
  flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (0x80 >> (bit & 7)), bit >> 3);
  const [before, after] = [tagOf(plain), tagOf(flipped)];
  return Buffer.from(before.map((byte, index) => byte ^ after.readUInt8(index)));
}

test('a tag tells which bit of its text was flipped', () => {
  for (const bytes of [1, 15, 16, 17, 40]) {
    for (let bit = 0; bit < bytes * 8; bit++) expect(flippedBit(key, bytes, differenceBy(bit, bytes))).toBe(bit);
  }
});

test('a bit that would stand behind the end of the text is none of it', () => {
  expect(flippedBit(key, 3, differenceBy(24, 16))).toBeUndefined();
  expect(flippedBit(key, 3, differenceBy(26, 16))).toBeUndefined();
  expect(flippedBit(key, 15, differenceBy(127, 16))).toBeUndefined();
});
