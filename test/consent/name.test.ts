import { describe, expect, it } from 'vitest';
import { cleanName, inert, MAX_NAME } from '../../src/consent/name.ts';
import { personNamed, placeTitled } from '../../src/consent/who.ts';
import { seeded } from '../../src/evaluate/seeded.ts';

const RANDOM = seeded(11);
const pick = <T>(from: readonly T[]): T => from[Math.floor(RANDOM() * from.length)] as T;

/**
 * Parts of names: signs with which people hide, turn a line around or draw attention, and names in
 * several scripts.
 */
const PARTS = [
  ...'\u0000\u0007\t\n\r\u0085\u00a0\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029',
  ...'\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2066\u2067\u2068\u2069\u2800\u3000\u3164\ufe0f\ufeff\uffa0\ufff9',
  ...'\u{e0001}\u{e0041}\ud800\udc00\u0301\u0489',
  ...['Ann', 'Zoë', 'محمد', 'שרה', '小明', 'ನಮ', '👩‍🚀', ' ', '@', '/', '.', ':', '#', '$', '+', '<', '*', '\\'],
];
const hostile = () => Array.from({ length: Math.floor(RANDOM() * 90) }, () => pick(PARTS)).join('');

describe('a name that its owner chose', () => {
  it('is always one short line without anything that hides or turns text', () => {
    for (let round = 0; round < 5_000; round += 1) {
      const name = cleanName(hostile());
      expect(name).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060\ufeff\u3164]|^ | $| {2}/u);
      expect([...name].length).toBeLessThanOrEqual(MAX_NAME);
      expect(cleanName(name)).toBe(name);
    }
  });

  it.each(['Ann-Marie O’Neil', 'محمد', 'می‌خواهم', 'José', '👩‍🚀 Zoë', '❤️', 'हिन्दी'])('stays as it is: %s', (name) => {
    expect(cleanName(name)).toBe(name);
  });

  it.each([
    ['\u202eAnn\u200b', 'Ann'],
    ['An\u2028n\r\nLee', 'An n Lee'],
    [`A${'\u0301'.repeat(60)}nn`, `A${'\u0301'.repeat(4)}nn`],
    ['x'.repeat(99), 'x'.repeat(64)],
  ])('%j is read as %j', (name, read) => {
    expect(cleanName(name)).toBe(read);
  });

  it('is replaced by the next one when nothing of it is visible', () => {
    expect(personNamed('telegram', '1', '\u3164\u200d \u2800', undefined, null, '', 'ann_lee').name).toBe('ann_lee');
    expect(personNamed('telegram', '1', '\u202e\u0301').name).toBe('');
    expect(placeTitled('telegram', '-1', '\u200b')).toEqual({ platform: 'telegram', id: '-1' });
  });
});

describe('a name in a sentence', () => {
  const LINK = /https?:\/\/|www\.\w|\w\.\w|@\w|#\w|\$\w|\/\w|:\w+:|\+\d|\d[\s().-]*\d/u;

  it('starts no mention, link, command, hashtag or telephone number, and reads the same', () => {
    for (let round = 0; round < 5_000; round += 1) {
      const name = cleanName(hostile());
      expect(inert(name)).not.toMatch(LINK);
      expect(inert(name).replace(/[\u2060\u2068\u2069]/g, '')).toBe(name);
    }
    expect(inert('@everyone /forget https://evil.example #x :) +49301234 (0)30-123 45')).not.toMatch(LINK);
  });

  it('ends no quotation in which it stands', () => {
    for (const name of [
      'Bob”: match; “Carol',
      'Bob": "',
      '„Bob“',
      '«Bob»',
      "Bob'': ''",
      'Bob’’',
      '״Bob״',
      '″',
      '〝B〞',
      '❝B❞',
    ])
      expect(inert(name)).not.toMatch(/["“”„‟«»״″〝〞❝❞]|['’]{2}/u);
    expect(inert("Ann O'Neil-O’Neil")).toBe("Ann O'Neil-O’Neil");
  });

  it('leaves the numbers after it in their order when it is written from right to left', () => {
    expect(inert('محمد')).toBe('\u2068محمد\u2069');
    expect(inert('Ann')).toBe('Ann');
  });
});
