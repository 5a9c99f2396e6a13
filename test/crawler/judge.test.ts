import { expect, test } from 'vitest';
import { en } from '../support/words.ts';
import type { Button } from './booth.ts';
import { wrongWith } from './judge.ts';
import type { Somebody } from './somebody.ts';

const bob: Somebody = { who: 0, name: 'Bob', language: 'en', platform: 'discord', groups: [0], buttons: [] };
const right: Button = { id: 'right:mydata', label: en.commands.mydata.button, isLink: false };
const step: Button = { id: 'next:find', label: en.commands.find.button, isLink: false, isStep: true };
const expected = [{ claims: ['invite.refused'] }];

/** What is wrong with such an answer on a platform. */
const judged = (platform: Somebody['platform'], buttons: readonly Button[], at: unknown = {}) =>
  wrongWith([{ text: en.invite.refused({ group: 'Club' }), buttons, at }], { ...bob, platform }, expected, []);

test.each(['discord', 'telegram', 'page'] as const)('an answer that leads nowhere is found on %s', (platform) => {
  expect(judged(platform, [])).toContain('a dead end');
  expect(judged(platform, [right])).toContain('a dead end');
  expect(judged(platform, [step])).toBeUndefined();
});

test('an answer that says something else than what happened is found', () => {
  const text = en.invite.posted({ group: 'Club' });
  expect(wrongWith([{ text, buttons: [step] }], bob, expected, [])).toContain('says invite.posted');
});

test('an answer with another figure than the ledger has is found', () => {
  const told = { claims: ['enroll.done'], told: { templates: 2 } };
  const text = en.enroll.done({ group: 'Club', templates: 1, more: true, selfies: 3 });
  expect(wrongWith([{ text, buttons: [step] }], bob, [told], [])).toContain('says 1 templates, not 2');
});
