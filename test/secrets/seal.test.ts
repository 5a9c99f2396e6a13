import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyedHash } from '../../src/secrets/hash.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';
import { seal, sealJson, unseal, unsealJson } from '../../src/secrets/seal.ts';

const key = randomBytes(32);
/**
 * The key of bytes 0 to 31. Every later version must open the values below that were made with it,
 * and make the same hashes.
 */
const known = Uint8Array.from({ length: 32 }, (_, index) => index);

describe('a sealed value', () => {
  it('opens to what was sealed, bytes or text or JSON, also when that is empty', () => {
    const bytes = randomBytes(100);
    expect(unseal(key, seal(key, bytes, 'here'), 'here')).toEqual(bytes);
    expect(unseal(key, seal(key, 'Zoë', 'here'), 'here').toString()).toBe('Zoë');
    expect(unseal(key, seal(key, '', 'here'), 'here')).toHaveLength(0);
    expect(unsealJson(key, sealJson(key, { a: [1, 'b'] }, 'here'), 'here')).toEqual({ a: [1, 'b'] });
  });

  it('does not open elsewhere, with another key, or with any bit changed', () => {
    const sealed = Buffer.from(seal(key, 'secret', 'people|scope|ada'));
    expect(() => unseal(key, sealed, 'people|scope|eve')).toThrow(/does not open/);
    expect(() => unseal(randomBytes(32), sealed, 'people|scope|ada')).toThrow(/does not open/);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => unseal(key, changed, 'people|scope|ada')).toThrow(/does not open/);
    }
  });

  it('does not open when cut short, however short', () => {
    const sealed = seal(key, 'secret', 'here');
    for (let length = 0; length < sealed.length; length++) {
      expect(() => unseal(key, sealed.subarray(0, length), 'here')).toThrow(/does not open/);
    }
  });

  it('opens when an earlier version sealed it', () => {
    const before = Buffer.from('l5BFbw0/t+j+lXcXTTVisiKS/NExHfzZ1VwQWY/HC7E=', 'base64');
    expect(unseal(known, before, 'here').toString()).toBe('Zoë');
  });

  it('is AES-256-GCM, as any other library opens it: nonce, tag, ciphertext', async () => {
    const sealed = seal(key, 'Zoë', 'here');
    const [iv, tag, body] = [sealed.subarray(0, 12), sealed.subarray(12, 28), sealed.subarray(28)];
    const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
    const how = { name: 'AES-GCM', iv: Buffer.from(iv), additionalData: Buffer.from('here') };
    expect(key).toHaveLength(32);
    expect(Buffer.from(await crypto.subtle.decrypt(how, aes, Buffer.concat([body, tag]))).toString()).toBe('Zoë');
  });

  it('looks different each time', () => {
    expect(seal(key, 'secret', 'here')).not.toEqual(seal(key, 'secret', 'here'));
  });
});

describe('a keyed hash', () => {
  it('is the same for the same parts and key only', () => {
    expect(keyedHash(key, 'person', 'ada')).toBe(keyedHash(key, 'person', 'ada'));
    expect(keyedHash(key, 'person', 'ada')).toMatch(/^[\w-]{43}$/);
    expect(keyedHash(randomBytes(32), 'person', 'ada')).not.toBe(keyedHash(key, 'person', 'ada'));
  });

  it('is the same by which an earlier version looked people up', () => {
    expect(keyedHash(known, 'person', 'ada')).toBe('Jdn0uYnJjPpW7c6GKH9um3I6Oo891XdeeV2yicW23L4');
  });

  it('tells lists apart that are the same text when joined', () => {
    const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], ['1:a', 'bc'], ['a1:', 'bc'], []];
    expect(new Set(lists.map((parts) => keyedHash(key, ...parts))).size).toBe(lists.length);
    const random = () => Array.from({ length: randomInt(4) }, () => '1:a2:'.slice(randomInt(5)));
    const seen = new Map<string, string>();
    for (let i = 0; i < 5_000; i++) {
      const parts = random();
      const [hash, text] = [keyedHash(key, ...parts), JSON.stringify(parts)];
      expect(seen.get(hash) ?? text).toBe(text);
      seen.set(hash, text);
    }
  });
});

describe('keys', () => {
  it('are the same for the same MASTER_KEY, and all different from each other and from it', () => {
    const master = randomBytes(32);
    const keys = Object.values(deriveKeys(master)).map((derived) => Buffer.from(derived).toString('hex'));
    expect(keys).toEqual(Object.values(deriveKeys(master)).map((derived) => Buffer.from(derived).toString('hex')));
    expect(new Set([...keys, master.toString('hex')]).size).toBe(keys.length + 1);
    for (const derived of keys) expect(derived).toHaveLength(64);
  });

  it('are those of every earlier version, by which everything stored was sealed', () => {
    const begins = Object.entries(deriveKeys(known)).map(([name, derived]) => [
      name,
      Buffer.from(derived).toString('hex').slice(0, 8),
    ]);
    expect(Object.fromEntries(begins)).toEqual({
      lookup: '3ffaf225',
      wrap: 'd82900c8',
      memberships: 'cf921b23',
      jobs: '30b95d3f',
      tombstone: 'f5c526b0',
      receipts: '12565cb5',
      backups: 'ddc677e8',
    });
  });

  it('are not made from fewer than 32 bytes', () => {
    expect(() => deriveKeys(randomBytes(31))).toThrow(/at least 32 bytes/);
  });
});
