import { createCipheriv } from 'node:crypto';

/**
 * The reduction polynomial R of the field of GHASH, GF(2^128), as in NIST SP 800-38D (6.3). There
 * the leftmost bit of a block is the coefficient of x^0.
 */
const REDUCTION = 0xe1n << 120n;
const BLOCK_BYTES = 16;
const BLOCK_BITS = 128;

/**
 * Finds the one flipped bit of an AES-256-GCM ciphertext of `bytes` bytes. `difference` is the
 * stored tag XOR the tag of the ciphertext as it is now. Gives the number of the bit, counted from
 * the highest bit of the first byte; undefined when no single flip explains the difference.
 *
 * The tag is linear in the ciphertext. When bit b of a block with n blocks after it is flipped, the
 * tag changes by x^b · H^(n+2) (SP 800-38D, 6.4 and 7.1).
 */
export function flippedBit(key: Uint8Array, bytes: number, difference: Uint8Array): number | undefined {
  const wanted = numberOf(difference);
  for (const [bit, change] of changes(key, bytes)) if (change === wanted) return bit < bytes * 8 ? bit : undefined;
  return undefined;
}

/**
 * As {@link flippedBit}, when several bits may be flipped together. Each of the `candidates` is a
 * list of bits. Gives the first list whose flips explain the difference; undefined when none do.
 * The time grows in proportion to the length and the number of candidates.
 */
export function flippedAmong(
  key: Uint8Array,
  bytes: number,
  difference: Uint8Array,
  candidates: Iterable<readonly number[]>,
): readonly number[] | undefined {
  const wanted = numberOf(difference);
  const byBit: bigint[] = new Array(bytes * 8).fill(0n);
  for (const [bit, change] of changes(key, bytes)) if (bit < byBit.length) byBit[bit] = change;
  for (const bits of candidates) {
    if (bits.reduce((sum, bit) => sum ^ (byBit[bit] ?? 0n), 0n) === wanted) return bits;
  }
  return undefined;
}

/** Each bit of a ciphertext and how its flip changes the tag. The last block comes first. */
function* changes(key: Uint8Array, bytes: number): Generator<readonly [bit: number, change: bigint]> {
  const h = numberOf(createCipheriv('aes-256-ecb', key, null).update(Buffer.alloc(BLOCK_BYTES)));
  let power = times(h, h);
  for (let block = Math.ceil(bytes / BLOCK_BYTES) - 1; block >= 0; block--) {
    let change = power;
    for (let bit = block * BLOCK_BITS; bit < (block + 1) * BLOCK_BITS; bit++) {
      yield [bit, change];
      change = timesX(change);
    }
    power = times(power, h);
  }
}

function numberOf(block: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(block).toString('hex')}`);
}

function timesX(value: bigint): bigint {
  return (value & 1n) === 1n ? (value >> 1n) ^ REDUCTION : value >> 1n;
}

function times(one: bigint, other: bigint): bigint {
  let product = 0n;
  let shifted = other;
  for (let bit = BigInt(BLOCK_BITS) - 1n; bit >= 0n; bit--) {
    if (((one >> bit) & 1n) === 1n) product ^= shifted;
    shifted = timesX(shifted);
  }
  return product;
}
