import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { telegramCourier } from '../../../src/bots/telegram/out/courier.ts';
import type { Address } from '../../../src/chat/ask.ts';
import type { Courier } from '../../../src/chat/courier.ts';
import type { Reply } from '../../../src/chat/reply.ts';
import { noted } from './noted.ts';
import { type Account, peopleOf } from './platform/people.ts';
import { badRequest, tooMany } from './platform/refusals.ts';
import { type BotApi, startBotApi } from './platform/server.ts';

const jpeg = new Uint8Array([0xff, 0xd8, 1]);
const result = (text: string): Reply => ({ kind: 'result', text, picture: { jpeg, alt: text }, faces: [] });
const receipt = (text: string): Reply => ({ kind: 'receipt', of: 'erasure', text, group: 'Club', receipt: 'a.b.c' });

let api: BotApi;
let courier: Courier;
let ann: Account;
let address: Address;

/** The courier of a process that has just started, and knows of no flood. */
const startAgain = () => telegramCourier({ token: api.token, apiUrl: api.url });

beforeEach(async () => {
  api = await startBotApi();
  courier = startAgain();
  ann = peopleOf(api).person('Ann');
  api.world.started.add(ann.id);
  address = { platform: 'telegram', chat: ann.id, locale: 'en' };
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  expect(api.complaints).toEqual([]);
});

describe('an answer of several messages that ends in the middle', () => {
  const consent = { kind: 'receipt', of: 'consent', text: 'Keep it.', group: 'Club', receipt: 'd.e.f' } as const;
  const replies = [result('Photo 1: Ann'), result('Photo 2: Bob'), consent];
  const whole = ['Photo 1: Ann\n\nPhoto 2: Bob', 'Photo 1: Ann', 'Photo 2: Bob', 'Keep it.'];
  const shown = () => ann.inbox().map(({ text, caption }) => text ?? caption);

  it.each([
    ['its text', 'sendMediaGroup'],
    ['its album', 'sendDocument'],
  ])('after %s: the next try sends what is missing, and nothing twice', async (_, refused) => {
    const at = await courier.placeholder(address, 'Looking…');
    const sent = noted();
    api.fault(refused, tooMany(60));
    await expect(courier.answer(at, replies, sent)).rejects.toMatchObject({ code: 'unavailable' });
    expect(shown().length).toBeLessThan(whole.length);
    courier = startAgain();
    await courier.answer(at, replies, sent);
    expect(shown()).toEqual(whole);
  });

  it('and replaced no message: the next try does not begin anew', async () => {
    const sent = noted();
    api.fault('sendDocument', tooMany(60));
    const receipts = [receipt('Erased here.'), receipt('Erased there.')];
    await expect(courier.answer(address, receipts, sent)).rejects.toMatchObject({ code: 'unavailable' });
    courier = startAgain();
    await courier.answer(address, receipts, sent);
    expect(ann.inbox().map(({ text, document }) => text ?? document?.name)).toEqual([
      'Erased here.\n\nErased there.',
      'facefinder-erasure-club.jws',
      'facefinder-erasure-club.jws',
    ]);
  });
});

it('an album that Telegram does not accept as photos comes as files below the text', async () => {
  const at = await courier.placeholder(address, 'Looking…');
  api.fault('sendMediaGroup', badRequest('PHOTO_INVALID_DIMENSIONS'));
  await courier.answer(at, [result('Ann'), result('Bob')]);
  const [text, ...files] = ann.inbox();
  expect(text?.text).toBe('Ann\n\nBob');
  expect(files).toMatchObject(['Ann', 'Bob'].map((caption) => ({ caption, document: { name: 'faces.jpg' } })));
});
