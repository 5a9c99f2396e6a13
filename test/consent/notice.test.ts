import { expect, it } from 'vitest';
import { noticeHash } from '../../src/consent/notice.ts';

it('a notice’s hash is that of its text, whatever the line ends and the space around it', () => {
  const text = 'We store a vector.\nFor a year.';
  expect(noticeHash(text)).toMatch(/^[0-9a-f]{64}$/);
  expect(noticeHash('\nWe store a vector.\r\nFor a year.  \n')).toBe(noticeHash(text));
  expect(noticeHash('We store a vector.\nFor two years.')).not.toBe(noticeHash(text));
});
