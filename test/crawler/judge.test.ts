import { describe, expect, test } from 'vitest';
import { en } from '../support/words.ts';
import type { Button } from './booth.ts';
import type { Held } from './expected.ts';
import { announcesReceipt, withoutFinal, wrongWith } from './judge.ts';
import { byNets } from './nets.ts';
import type { Somebody } from './somebody.ts';
import { isTold } from './told-data.ts';

const bob: Somebody = { who: 0, name: 'Bob', language: 'en', platform: 'discord', groups: [0], buttons: [] };
const right: Button = { id: 'right:mydata', label: en.commands.mydata.button, isLink: false };
const step: Button = { id: 'next:find', label: en.commands.find.button, isLink: false, isStep: true };
const expected = [{ claims: ['invite.refused'] }];

/** What is wrong with an answer that has these buttons, on a platform. */
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

test('a final receipt that an erasure announced is no answer to what its person does meanwhile', () => {
  const receipt = (bytes: 'gone' | 'other') => en.forget.receipt({ group: 'Club', templates: 1, bytes });
  const [first, last, answer] = [receipt('other'), receipt('gone'), en.forget.kept].map((text) => ({
    text,
    buttons: [],
  }));
  expect([receipt('other'), receipt('gone')].map((text) => announcesReceipt(text, 'en'))).toEqual([true, false]);
  expect(
    withoutFinal(
      [first, last, answer].flatMap((one) => one ?? []),
      'en',
    ),
  ).toEqual([first, answer]);
});

describe('by real nets', () => {
  const [ann, eve] = ['Ann', 'Eve'].map((name, index): Somebody => ({ ...bob, who: index + 1, name }));
  const people = [ann, eve].flatMap((one) => one ?? []);
  const found = byNets({ claims: ['find.summary'], names: [1], isSeen: true });
  const says = (text: string) => wrongWith([{ text, buttons: [step] }], bob, [found], people);

  test('a person may be missed, and a photograph refused', () => {
    expect(says('Ann')).toBeUndefined();
    expect(says('nobody')).toBeUndefined();
    expect(says(en.failures.face_too_blurred)).toBeUndefined();
  });

  test('somebody who is not there may not be named, and nothing else may fail', () => {
    expect(says('Eve')).toContain('names 2, not 1');
    expect(says(en.failures.not_allowed)).toContain('says failures.not_allowed');
  });
});

test('what is told of somebody is compared with all that is held', () => {
  const held: Held = { agreed: new Set(['enrol', 'search']), face: 1, shots: [1, 2], isChallenger: false };
  expect(isTold(held, { agreed: ['search', 'enrol'], selfies: 2 })).toBe(true);
  expect(isTold(held, { agreed: ['enrol'], selfies: 2 })).toBe(false);
  expect(isTold(held, { agreed: ['search', 'enrol'], selfies: 1 })).toBe(false);
  expect(isTold(held, undefined)).toBe(false);
  expect(isTold(undefined, undefined)).toBe(true);
});
