import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { discordCourier } from '../../../src/bots/discord/courier.ts';
import type { Address } from '../../../src/chat/ask.ts';
import type { Reply } from '../../../src/chat/reply.ts';
import type { Consent } from '../../../src/consent/consent.ts';
import { en } from '../../support/words.ts';
import { showing } from '../showing.ts';
import { type Bot, hello, openClub, reading } from './bot.ts';
import type { Exchange } from './platform/exchange.ts';
import { buttonsOf, textOf } from './platform/reading.ts';
import type { Shown } from './platform/shown.ts';
import type { DiscordGuild, DiscordPerson } from './platform/world.ts';

const EDIT = '/webhooks/{webhook_id}/{webhook_token}/messages/@original';

let bot: Bot;
let ann: DiscordPerson;
let club: DiscordGuild;

beforeEach(async () => {
  ({ bot, ann, club } = await openClub());
  bot.says = () => undefined;
});

afterEach(async () => {
  await bot[Symbol.asyncDispose]();
  expect(bot.platform.violations).toEqual([]);
});

/** An interaction that was acknowledged and waits for its answer. */
async function waiting(): Promise<{ exchange: Exchange; address: Address }> {
  const exchange = bot.platform.slash({ person: ann, guild: club }, 'find', [bot.platform.attach(Buffer.from('jpeg'))]);
  await exchange.acknowledged();
  await expect.poll(() => bot.asks.at(-1)).toBeDefined();
  const address = bot.asks.at(-1)?.address;
  if (!address) throw new Error('no ask');
  return { exchange, address };
}

const RIGHTS = [en.commands.forget.button, en.commands.mydata.button, en.commands.privacy.button];
const labelsOf = (message: Shown | undefined) => message && buttonsOf(message).map(({ label }) => label);

const FOLLOW_UP = '/webhooks/{webhook_id}/{webhook_token}';
const result = (show = false): Reply => ({
  kind: 'result',
  text: 'This person is enrolled in “Club”.',
  picture: { jpeg: Buffer.from('picture'), alt: 'The photo with 1 numbered face: Ben' },
  faces: [],
  ...(show && { show: { id: 'abc:show', label: 'Show to the group', role: 'confirm' } }),
});

describe('how it goes', () => {
  it('is said in the message that the answer replaces', async () => {
    const { exchange, address } = await waiting();
    await bot.courier.progress?.(address, 'Looking… 2 are before you.');
    expect(exchange.original).toMatchObject({ ...reading('Looking… 2 are before you.'), isEphemeral: true });
    await bot.courier.answer(address, hello);
    expect(exchange).toMatchObject({ edits: 1, original: reading('Hello.') });
  });

  it('leaves a result in sight that is being shown to the channel', async () => {
    const { exchange, address } = await waiting();
    await bot.courier.answer(address, [result(true)]);
    await bot.courier.progress?.({ ...address, isPress: true }, 'Looking… 2 are before you.');
    expect(exchange.original).toMatchObject({ ...reading(result().text), attachments: [{}] });
  });

  it('is tried once', async () => {
    const { exchange, address } = await waiting();
    bot.platform.fault({ method: 'patch', template: EDIT, status: 500, times: 1 });
    await expect(bot.courier.progress?.(address, 'Looking… photo 2 of 3.')).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(exchange.original).toBeUndefined();
  });
});

describe('an answer', () => {
  it('waits out a 429 as long as Discord asks', async () => {
    const { exchange, address } = await waiting();
    const headers = { 'retry-after': '0.3' };
    bot.platform.fault({ method: 'patch', template: EDIT, status: 429, headers, times: 1 });
    await bot.courier.answer(address, hello);
    expect(exchange).toMatchObject({ edits: 1, original: reading('Hello.') });
  });

  it('leaves a 429 of ten minutes to the queue', async () => {
    const { address } = await waiting();
    bot.platform.fault({ method: 'patch', template: EDIT, status: 429, headers: { 'retry-after': '600' }, times: 9 });
    await expect(bot.courier.answer(address, hello)).rejects.toMatchObject({ code: 'unavailable', again: true });
  });

  it('is repeated through a burst of 500, and shown once', async () => {
    const { exchange, address } = await waiting();
    bot.platform.fault({ method: 'patch', template: EDIT, status: 500, times: 6 });
    await bot.courier.answer(address, hello);
    expect(exchange.edits).toBe(1);
  });

  it('is unavailable when Discord stays down', async () => {
    const { address } = await waiting();
    bot.platform.fault({ method: 'patch', template: EDIT, status: 503, times: 100 });
    await expect(bot.courier.answer(address, hello)).rejects.toMatchObject({ code: 'unavailable', again: true });
  });

  it('to an interaction whose 15 minutes are over is expired', async () => {
    const { exchange, address } = await waiting();
    exchange.isExpired = true;
    await expect(bot.courier.answer(address, hello)).rejects.toMatchObject({ code: 'expired', again: false });
  });

  it('to a message that was deleted is expired', async () => {
    const { exchange, address } = await waiting();
    exchange.isDeleted = true;
    await expect(bot.courier.answer(address, hello)).rejects.toMatchObject({ code: 'expired' });
  });

  it.each([10062, 10015, 10008, 50001, 50013, 50007])('refused with %i has a dead address', async (code) => {
    const { address } = await waiting();
    bot.platform.fault({ method: 'patch', template: EDIT, status: 403, code, times: 1 });
    await expect(bot.courier.answer(address, hello)).rejects.toMatchObject({ code: 'expired' });
  });

  it('that is malformed is a bug of ours, reported without its contents', async () => {
    const { address } = await waiting();
    bot.platform.fault({ method: 'patch', template: EDIT, status: 400, code: 50035, times: 1 });
    const failure = await bot.courier
      .answer(address, [{ kind: 'info', text: 'Ben was found' }])
      .catch((error) => error);
    expect(failure).toMatchObject({ code: 'internal', cause: { code: 50035 } });
    const told =
      JSON.stringify(failure, Object.getOwnPropertyNames(failure)) +
      String(failure.cause) +
      JSON.stringify(failure.cause);
    expect(told).not.toContain('Ben');
    expect(told).not.toContain(String(address.token));
  });

  it.each([40005, 50045])('too large for Discord (%i) comes without its picture', async (code) => {
    const { exchange, address } = await waiting();
    bot.platform.fault({ method: 'patch', template: EDIT, status: 413, code, times: 1 });
    await bot.courier.answer(address, [result()]);
    expect(exchange.original?.attachments).toEqual([]);
    expect(exchange.original).toMatchObject(reading(expect.stringContaining(en.discord.leftOut)));
  });

  it('survives a bot that was restarted: the address is all it needs', async () => {
    const { exchange, address } = await waiting();
    await bot.listener[Symbol.asyncDispose]();
    await bot.courier.answer(JSON.parse(JSON.stringify(address)), hello);
    expect(exchange.original).toMatchObject(reading('Hello.'));
  });

  it('replaces all that the message showed before', async () => {
    const { exchange, address } = await waiting();
    await bot.courier.answer(address, [result(true)]);
    expect(exchange.original?.attachments).toHaveLength(1);
    await bot.courier.answer(address, hello);
    expect(exchange.original).toMatchObject({ ...reading('Hello.'), attachments: [] });
    expect(labelsOf(exchange.original)).toEqual(RIGHTS);
  });
});

// This timeout is shorter than the one after which the client itself gives up.
describe('an answer that takes too long', { timeout: 12_000 }, () => {
  const answerWithin = (ms: number) => discordCourier(bot.platform, ms).answer;
  const asked = (wanted: string) => bot.platform.requests.filter(({ template }) => template === wanted).length;
  /** This is longer than the client waits between any two tries. */
  const later = () => sleep(2_500);

  it.each([
    ['a text', 'patch', EDIT, hello, {}],
    ['a picture', 'patch', EDIT, [result()], {}],
    ['what everybody is to see', 'post', FOLLOW_UP, [result()], { showing: showing() }],
  ] as const)(
    'because Discord takes %s and never answers is given up for good',
    async (_, method, template, replies, options) => {
      const { exchange, address } = await waiting();
      bot.platform.fault({ method, template, status: 'no answer', times: 1 });
      const answer = answerWithin(1_000)(address, replies, options);
      await expect(answer).rejects.toMatchObject({ code: 'unavailable', again: true });
      await expect.poll(() => bot.platform.givenUp.map((call) => call.template)).toEqual([template]);
      await later();
      expect(asked(template)).toBe(1);
      expect(exchange).toMatchObject({ edits: 0, followUps: [] });
    },
  );

  it('because of one 429 after the other does not come late', async () => {
    const { exchange, address } = await waiting();
    const headers = { 'retry-after': '1' };
    bot.platform.fault({ method: 'patch', template: EDIT, status: 429, headers, times: 2 });
    await expect(answerWithin(1_500)(address, hello)).rejects.toMatchObject({ code: 'unavailable' });
    await later();
    expect(exchange.edits).toBe(0);
  });

  it('because Discord asks for a wait that ends after it does not wait', { timeout: 120_000 }, async () => {
    const { address } = await waiting();
    bot.platform.fault({ method: 'patch', template: EDIT, status: 429, headers: { 'retry-after': '900' }, times: 1 });
    await expect(answerWithin(1_000)(address, hello)).rejects.toMatchObject({ code: 'unavailable', again: true });
  });

  it('because Discord fails again and again is not tried again later', async () => {
    const { exchange, address } = await waiting();
    bot.platform.fault({ method: 'patch', template: EDIT, status: 500, times: 8 });
    await expect(answerWithin(1_000)(address, hello)).rejects.toMatchObject({ code: 'unavailable' });
    await later();
    expect(exchange.edits).toBe(0);
  });
});

describe('showing a result to the channel', () => {
  it('posts it for everybody, and leaves the asker’s own without the button', async () => {
    const { exchange, address } = await waiting();
    await bot.courier.answer(address, [result(true)]);
    await bot.courier.answer(address, [result()], { showing: showing() });
    expect(exchange.followUps).toMatchObject([{ isEphemeral: false, attachments: [{ isHidden: true }] }]);
    expect(labelsOf(exchange.followUps[0])).toEqual([en.shown.delete, en.commands.privacy.button]);
    expect(exchange.original).toMatchObject({ isEphemeral: true, attachments: [{ filename: expect.anything() }] });
    expect(labelsOf(exchange.original)).toEqual([en.shown.delete, ...RIGHTS]);
  });

  it('posts it once, however often it is tried', async () => {
    const { exchange, address } = await waiting();
    const once = showing();
    for (let time = 0; time < 3; time += 1) await bot.courier.answer(address, [result()], { showing: once });
    expect(exchange.followUps).toHaveLength(1);
    expect(once.posts).toMatchObject([{ platform: 'discord', id: exchange.followUps[0]?.id }]);
  });

  it.each([500, 502])('posts nothing again after %s: the asker alone reads that nobody knows', async (status) => {
    const { exchange, address } = await waiting();
    const once = showing();
    bot.platform.fault({ method: 'post', template: FOLLOW_UP, status, times: 1 });
    await bot.courier.answer(address, [result()], { showing: once });
    await bot.courier.answer(address, [result()], { showing: once });
    const { unknown } = en.shown;
    expect(exchange.followUps).toMatchObject([{ isEphemeral: true }, { isEphemeral: true }]);
    expect(exchange.followUps.map(textOf)).toEqual([unknown, unknown]);
    expect(once.told).toEqual(['go', 'unknown']);
  });

  it('tries again what Discord certainly did not post', async () => {
    const { exchange, address } = await waiting();
    const once = showing();
    const headers = { 'retry-after': '600' };
    bot.platform.fault({ method: 'post', template: FOLLOW_UP, status: 429, headers, times: 1 });
    await expect(bot.courier.answer(address, [result()], { showing: once })).rejects.toMatchObject({ again: true });
    await bot.courier.answer(address, [result()], { showing: once });
    expect(once.told).toEqual(['go', 'nothing', 'go', 'posted']);
    expect(exchange.followUps).toHaveLength(1);
  });

  it('says so when it was deleted again at once', async () => {
    const { exchange, address } = await waiting();
    await bot.courier.answer(address, [result()], { showing: showing('gone') });
    expect(exchange.followUps.map(textOf).at(-1)).toBe(en.shown.gone);
  });

  it('tells only the asker what went wrong', async () => {
    const { exchange, address } = await waiting();
    await bot.courier.answer(address, [{ kind: 'error', code: 'no_photo', text: 'Gone.' }], { showing: showing() });
    expect(exchange.followUps).toEqual([]);
    expect(exchange.original).toMatchObject(reading('Gone.'));
  });
});

describe('a photo', () => {
  const consent = {} as Consent;

  it('is fetched from where Discord keeps it', async () => {
    const { url, size } = bot.platform.attach(Buffer.from('the bytes'));
    const bytes = await bot.courier.fetchPhoto({ platform: 'discord', url, bytes: size }, 100, consent);
    expect(Buffer.from(bytes).toString()).toBe('the bytes');
  });

  it('that is gone is no photo', async () => {
    const url = `${bot.platform.apiUrl.replace('/api', '')}/attachments/1/gone.jpg`;
    await expect(bot.courier.fetchPhoto({ platform: 'discord', url, bytes: 9 }, 100, consent)).rejects.toMatchObject({
      code: 'no_photo',
    });
  });

  it('that is too large is not even asked for', async () => {
    const { url, size } = bot.platform.attach(Buffer.alloc(200));
    await expect(bot.courier.fetchPhoto({ platform: 'discord', url, bytes: size }, 100, consent)).rejects.toMatchObject(
      {
        code: 'image_too_large',
      },
    );
    expect(bot.platform.requests.filter(({ template }) => template === '/attachments')).toEqual([]);
  });

  it('from another host is refused', async () => {
    const photo = { platform: 'discord', url: 'http://169.254.169.254/latest', bytes: 9 } as const;
    await expect(bot.courier.fetchPhoto(photo, 100, consent)).rejects.toMatchObject({ code: 'no_photo' });
  });
});
