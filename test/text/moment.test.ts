import { expect, test } from 'vitest';
import { writtenMoment } from '../../src/text/moment.ts';

const AT = Date.UTC(2026, 10, 27, 15, 4);

test.each([
  ['en', 'Nov 27, 2026'],
  ['en-US', 'Nov 27, 2026'],
  ['en-GB', '27 Nov 2026'],
  ['de', '27. Nov. 2026'],
  ['de-AT', '27. Nov. 2026'],
  // Readers of French get English sentences, so they get English dates too.
  ['fr', 'Nov 27, 2026'],
  ['en_GB', 'Nov 27, 2026'],
  ['no locale at all', 'Nov 27, 2026'],
  ['', 'Nov 27, 2026'],
])('readers of “%s” read days as %s', (locale, day) => {
  expect(writtenMoment(AT, 'day', locale)).toBe(day);
});

test('hours are as the reader’s region writes them, with their zone', () => {
  expect(writtenMoment(AT, 'minute', 'en-GB', 'UTC')).toBe('27 Nov 2026, 15:04 UTC');
  expect(writtenMoment(AT, 'minute', 'en-US', 'UTC')).toMatch(/^Nov 27, 2026, 03:04\sPM UTC$/);
});
