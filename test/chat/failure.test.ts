import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expired, failureReply, failureText } from '../../src/chat/failure.ts';
import { checkFormat } from '../../src/face/format.ts';
import { Failure, type FailureCode } from '../../src/failure.ts';
import { openLog } from '../../src/log.ts';
import { de, en } from '../support/words.ts';

const log = openLog('silent');

/** The sentence for somebody who sends these bytes as a photo. */
function toldOf(bytes: string): string {
  try {
    checkFormat(Buffer.from(bytes, 'latin1'));
  } catch (error) {
    return failureReply(error, en, log).text;
  }
  return 'taken';
}

test('somebody who sends an iPhone’s HEIC is told how to send it as JPEG', () => {
  expect(toldOf('\0\0\0\x18ftypheic\0\0\0\0mif1heic')).toMatch(/HEIC.*iPhone/);
});

test('somebody who sends a picture of a kind that is not read is told which kinds are', () => {
  expect(toldOf(`BM${'\0'.repeat(60)}`)).toMatch(/kind BMP.*Send a JPEG, PNG, WebP, GIF or AVIF/);
  expect(toldOf(`\0\0\0\x0cJXL ${'\0'.repeat(60)}`)).toMatch(/kind JPEG XL/);
});

test('somebody who sends no picture is told which pictures are read', () => {
  expect(toldOf('hello')).toMatch(/Send a JPEG, PNG, WebP, GIF or AVIF/);
});

test('somebody who sends a photo that is too large is told the limit', () => {
  expect(failureText(en, 'image_too_large')).toContain('at most 20 MB and 50 megapixels');
  expect(failureText(en, 'image_too_large', { megapixels: 16 })).toContain('16 megapixels');
});

test('somebody who sends the command without a photo is told what is missing', () => {
  expect(failureText(en, 'no_photo')).toMatch(/^There is no photo/);
  expect(failureText(en, 'no_photo', { selfies: 3 })).toMatch(/^Now send 1 to 3 selfies/);
  expect(failureText(en, 'no_photo', { borrowed: 1 })).toMatch(/^A selfie must be a photo that you send yourself/);
});

test.each([
  [1, 'in 1 minute.'],
  [60, 'in 1 minute.'],
  [61, 'in 2 minutes.'],
  [3_600, 'in 60 minutes.'],
])('somebody who asks too often waits %s s, said in whole minutes', (seconds, sentence) => {
  expect(failureText(en, 'rate_limited', { seconds })).toContain(sentence);
});

test.each([
  [60, 'in 1 minute.'],
  [7_200, 'in 120 minutes.'],
  [7_201, 'in 3 hours.'],
  [172_800, 'in 48 hours.'],
  [864_001, 'in 11 days.'],
])('somebody who was told too much of one person waits %s s, and hears so', (seconds, sentence) => {
  expect(failureText(en, 'rate_limited', { seconds, revealed: 1 })).toMatch(/same person/);
  expect(failureText(en, 'rate_limited', { seconds, revealed: 1 })).toContain(sentence);
});

test('somebody who has too much under way is told no time', () => {
  expect(failureText(en, 'rate_limited')).not.toMatch(/\d/);
  expect(failureText(de, 'rate_limited')).not.toMatch(/\d/);
});

test('for an internal error only the number of the incident is told', () => {
  const { code, text } = failureReply(new Error('/home/ann/secret'), en, log);
  expect(code).toBe('internal');
  expect(text).toMatch(/this number: [0-9a-f]{8}$/);
  expect(failureReply(new Failure('expired'), de, log).text).toBe(de.failures.expired({ why: 'other' }));
});

test.each(['used', 'timedOut', 'restarted', 'withdrawn', 'lost', 'elsewhere', 'late'] as const)(
  'an answer that something is over says why: %s',
  (why) => {
    for (const words of [en, de]) {
      const others = Object.values(words.failures).flatMap((one) => (typeof one === 'string' ? [one] : []));
      const { text } = failureReply(expired(why), words, log);
      expect(text).not.toBe(words.failures.expired({ why: 'other' }));
      expect(others).not.toContain(text);
    }
  },
);

describe('every detail of a failure', () => {
  /** For each code, the details that change its sentence, each with a value. */
  const spoken: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    expired: { withdrawn: 1 },
    image_unreadable: { heic: 1, kind: 1 },
    image_too_large: { megapixels: 16, avif: 1 },
    no_photo: { borrowed: 1, attached: 1, selfies: 3 },
    not_a_member: { unproven: 1 },
    not_enrolled: { borrowed: 1, self: 1, hidden: 1 },
    rate_limited: { seconds: 600, revealed: 1, gesture: 1, selfie: 1, photos: 1 },
  };
  /**
   * Details that change no sentence. Couriers wait for so many seconds, but people are only told to
   * try again.
   */
  const unspoken = ['unavailable.seconds'];

  const root = join(import.meta.dirname, '../..');
  const sources = ['src', 'commands'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(root, folder, file), 'utf8')),
  );
  const carried = new Set(
    sources.flatMap((text) =>
      [...text.matchAll(/new Failure\('(\w+)', \{\s*details: ([^;]*?)\}\)/g)].flatMap(([, code = '', details = '']) =>
        [...details.matchAll(/[{,] (\w+)(?=[:, ])/g)].map(([, name = '']) => `${code}.${name}`),
      ),
    ),
  );
  const told = Object.entries(spoken).flatMap(([code, details]) =>
    Object.keys(details).map((name) => `${code}.${name}`),
  );

  test('has a sentence', () => {
    expect([...carried].toSorted()).toEqual([...told, ...unspoken].toSorted());
  });

  test.each(told)('is said: %s', (each) => {
    const [code = '', name = ''] = each.split('.');
    for (const words of [en, de]) {
      const details = { [name]: spoken[code]?.[name] ?? 0 };
      const known = failureText(words, code as Exclude<FailureCode, 'internal'>, details);
      expect(known).not.toBe(failureText(words, code as Exclude<FailureCode, 'internal'>));
    }
  });
});

test.each([
  ['a limit of gestures leads back to /enroll', { gesture: 1, seconds: 9 }, 'enroll'],
  ['a limit of selfies that are not enrolled leads to /enroll', { selfie: 1, seconds: 9 }, 'enroll'],
  ['a limit of what answers reveal leads nowhere by itself', { revealed: 1, seconds: 9 }, undefined],
] as const)('%s', (_, details, next) => {
  const reply = failureReply(new Failure('rate_limited', { details }), en, log);
  expect(reply.next).toBe(next);
  expect(reply.text.includes('/enroll')).toBe(next === 'enroll');
});

test('somebody whose request fails is not told that nothing was done: they may have agreed before it failed', () => {
  for (const { failures } of [en, de]) {
    for (const text of [failures.busy, failures.unavailable, failures.internal({ incident: '1' })]) {
      expect(text).not.toMatch(/\bnothing\b|\bnichts\b/i);
    }
  }
});
