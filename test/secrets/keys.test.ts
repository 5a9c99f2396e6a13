import { describe, expect, it } from 'vitest';
import { deriveKeys, keyFromText } from '../../src/secrets/keys.ts';

const bytes = Buffer.alloc(32, 0xa7);

describe('a written master key', () => {
  it('is read in base64, with and without padding, in the URL’s alphabet too, and in hex', () => {
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      expect(keyFromText(bytes.toString(encoding)), encoding).toEqual(bytes);
    }
    expect(keyFromText(bytes.toString('base64').replace(/=+$/, ''))).toEqual(bytes);
    expect(keyFromText(bytes.toString('hex').toUpperCase())).toEqual(bytes);
    expect(keyFromText(Buffer.alloc(48, 0xff).toString('base64'))).toEqual(Buffer.alloc(48, 0xff));
  });

  it('is no key when it is too short, or a phrase', () => {
    for (const text of ['', bytes.subarray(1).toString('base64'), bytes.subarray(16).toString('hex')]) {
      expect(keyFromText(text), text).toBeUndefined();
    }
    expect(keyFromText('correct horse battery staple, and forty-three letters more')).toBeUndefined();
    expect(keyFromText(` ${bytes.toString('base64')}`)).toBeUndefined();
  });
});

describe('the keys derived from it', () => {
  it('are the same again, and all different', () => {
    const keys = Object.values(deriveKeys(bytes)).map((key) => Buffer.from(key).toString('hex'));
    expect(Object.values(deriveKeys(bytes)).map((key) => Buffer.from(key).toString('hex'))).toEqual(keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(() => deriveKeys(bytes.subarray(1))).toThrow(RangeError);
  });
});
