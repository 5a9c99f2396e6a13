import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { conditionOf, unsealJsonRighted, unsealRighted } from '../../src/secrets/righted.ts';
import { seal, sealJson } from '../../src/secrets/seal.ts';

const key = randomBytes(32);

function flipped(bytes: Uint8Array, ...bits: readonly number[]): Buffer {
  const changed = Buffer.from(bytes);
  for (const bit of bits) changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
  return changed;
}

test('a sealed value opens whichever one of its bits was flipped', () => {
  for (const length of [0, 1, 16, 33]) {
    const plain = randomBytes(length);
    const sealed = seal(key, plain, 'here');
    expect(unsealRighted(key, sealed, 'here')).toEqual(plain);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      expect(unsealRighted(key, flipped(sealed, bit), 'here')).toEqual(plain);
    }
  }
});

test('a template opens with a bit flipped at either end', () => {
  const plain = randomBytes(2048);
  const sealed = seal(key, plain, 'here');
  for (const bit of [28 * 8, sealed.length * 8 - 1]) {
    expect(unsealRighted(key, flipped(sealed, bit), 'here')).toEqual(plain);
  }
});

test('a sealed text opens when one of its bits was flipped, as far as it is text still', () => {
  const value = { name: 'Zoë' };
  const sealed = Buffer.from(sealJson(key, value, 'here'));
  // Steps of 5 bits meet each position of a bit in a byte, many times.
  for (let bit = 0; bit < sealed.length * 8; bit += 5) {
    expect(unsealJsonRighted(key, flipped(sealed, bit).toString('latin1'), 'here')).toEqual(value);
  }
});

test('a long text opens when one of its bits was flipped, and not when two were', () => {
  // As long as the note of an erasure from some fifty groups.
  const value = { said: randomBytes(16_384).toString('base64') };
  const sealed = Buffer.from(sealJson(key, value, 'here'));
  const end = (sealed.length - 1) * 8;
  for (const bit of [0, 4, 150, 303, 304, 310, 100_001, end - 8, end - 1]) {
    expect(unsealJsonRighted(key, flipped(sealed, bit).toString('latin1'), 'here')).toEqual(value);
  }
  expect(unsealJsonRighted(key, flipped(sealed, 400, 100_001).toString('latin1'), 'here')).toBeUndefined();
});

test('nothing opens elsewhere, with another key, with two bits flipped, or cut short', () => {
  const sealed = seal(key, randomBytes(40), 'here');
  expect(unsealRighted(key, sealed, 'there')).toBeUndefined();
  expect(unsealRighted(randomBytes(32), sealed, 'here')).toBeUndefined();
  expect(unsealRighted(key, flipped(sealed, 3, 400), 'here')).toBeUndefined();
  expect(unsealRighted(key, flipped(sealed, 230, 231), 'here')).toBeUndefined();
  for (let length = 0; length < sealed.length; length++) {
    expect(unsealRighted(key, sealed.subarray(0, length), 'here')).toBeUndefined();
  }
  const text = Buffer.from(sealJson(key, { a: 1 }, 'here'));
  expect(unsealJsonRighted(key, text.toString(), 'there')).toBeUndefined();
  expect(unsealJsonRighted(key, flipped(text, 8, 80).toString('latin1'), 'here')).toBeUndefined();
});

test('a value is told to be whole, to have been put right, or to be lost, as bytes and as text', () => {
  const plain = randomBytes(20);
  const sealed = seal(key, plain, 'here');
  const text = Buffer.from(Buffer.from(sealed).toString('base64url'));
  for (const form of [
    (...bits: number[]) => flipped(sealed, ...bits),
    (...bits: number[]) => flipped(text, ...bits).toString('latin1'),
  ]) {
    expect(conditionOf(key, form(), 'here')).toEqual({ plain, isWhole: true });
    expect(conditionOf(key, form(320), 'here')).toEqual({ plain, isWhole: false });
    expect(conditionOf(key, form(80, 320), 'here')).toBeUndefined();
  }
});
