import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { telegramCourier } from '../../../src/bots/telegram/out/courier.ts';
import type { Address } from '../../../src/chat/ask.ts';
import type { Courier } from '../../../src/chat/courier.ts';
import type { Reply } from '../../../src/chat/reply.ts';
import { showing } from '../showing.ts';
import { noted } from './noted.ts';
import { type Account, type People, peopleOf } from './platform/people.ts';
import { badRequest, forbidden } from './platform/refusals.ts';
import { type BotApi, startBotApi } from './platform/server.ts';
import { BOT, type Group, type Posted } from './platform/world.ts';

const jpeg = new Uint8Array([0xff, 0xd8, 1]);
const show = { id: 'parked:show', label: 'Show', role: 'confirm' } as const;
const result = (text: string, more: Partial<Extract<Reply, { kind: 'result' }>> = {}): Reply => ({
  kind: 'result',
  text,
  picture: { jpeg, alt: text },
  faces: [],
  ...more,
});
const info = (text: string): Reply => ({ kind: 'info', text });
const receipt = (text: string): Reply => ({ kind: 'receipt', of: 'erasure', text, group: 'Club', receipt: 'a.b.c' });

let api: BotApi;
let people: People;
let courier: Courier;
let ann: Account;
let club: Group;
let address: Address;

beforeEach(async () => {
  api = await startBotApi();
  people = peopleOf(api);
  courier = telegramCourier({ token: api.token, apiUrl: api.url });
  ann = people.person('Ann');
  club = people.group('Chess club', [ann]);
  api.world.started.add(ann.id);
  address = { platform: 'telegram', chat: ann.id, locale: 'en' };
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  expect(api.complaints).toEqual([]);
});

describe('how it goes', () => {
  it('is said in the message that the answer replaces, and shown as an action', async () => {
    const at = await courier.placeholder(address, 'Looking…');
    await courier.progress?.(at, 'Looking… 2 are before you.');
    await courier.sign?.(at);
    expect(await only()).toMatchObject({ text: 'Looking… 2 are before you.' });
    expect(api.calls.at(-1)).toMatchObject({ method: 'sendChatAction', params: { action: 'upload_photo' } });
    await courier.answer(at, [info('Nobody.')]);
    expect(await only()).toMatchObject({ text: 'Nobody.' });
  });

  it('is no new message if none waits', async () => {
    await courier.progress?.(address, 'Looking… 2 are before you.');
    expect(ann.inbox()).toEqual([]);
  });
});

const bytesOf = (file: string | undefined) => Buffer.from(api.world.files.get(file ?? '')?.bytes ?? []);
const sends = () => api.calls.filter(({ method }) => method.startsWith('send')).length;

/** The address of a button under `message`. */
const pressedAt = (message: Posted): Address => ({
  ...address,
  message: message.id,
  ...((message.photo ?? message.document) !== undefined && { media: true }),
});

async function only(): Promise<Posted> {
  const [message, ...others] = ann.inbox();
  expect(others).toEqual([]);
  if (!message) throw new Error('there is no message');
  return message;
}

describe('a placeholder', () => {
  it('becomes a text', async () => {
    await courier.answer(await courier.placeholder(address, 'Looking…'), [info('Nobody.')]);
    expect(await only()).toMatchObject({ text: 'Nobody.', edits: 1 });
  });

  it('becomes a picture with its text, covered, and kept from being passed on', async () => {
    await courier.answer(await courier.placeholder(address, 'Looking…'), [result('Face 1: Ann', { show })]);
    const message = await only();
    expect(message).toMatchObject({ caption: 'Face 1: Ann', spoiler: true, protect: true });
    expect(message.text).toBeUndefined();
    expect(bytesOf(message.photo)).toEqual(Buffer.from(jpeg));
    expect(message.keyboard).toMatchObject([[{ text: 'Show', callback_data: 'parked:show' }], [{}, {}, {}]]);
  });

  it('becomes a text with a blurred photo below, which may be passed on and is not covered', async () => {
    const blurred = {
      kind: 'blurred',
      text: '9 faces blurred',
      picture: { jpeg, alt: '' },
      faces: 9,
      blurred: 9,
    } as const;
    const at = await courier.placeholder(address, 'Looking…');
    const sent = noted();
    for (let times = 0; times < 2; times++) await courier.answer(at, [blurred], sent);
    const [text, picture, ...others] = ann.inbox();
    expect(others).toEqual([]);
    expect(text).toMatchObject({ text: '9 faces blurred' });
    expect(picture).toMatchObject({ replyTo: text?.id, protect: false, spoiler: false });
    expect(bytesOf(picture?.photo)).toEqual(Buffer.from(jpeg));
  });

  it('becomes the same when the answer is repeated', async () => {
    const at = await courier.placeholder(address, 'Looking…');
    for (const replies of [[info('Nobody.')], [info('Nobody.')], [result('Ann')], [result('Ann')]]) {
      await courier.answer(at, replies);
    }
    expect(await only()).toMatchObject({ caption: 'Ann' });
    expect(sends()).toBe(1);
  });

  it('may replace a placeholder that is there already', async () => {
    const at = await courier.placeholder(address, 'Looking…');
    expect(await courier.placeholder(at, 'Looking…')).toEqual(at);
    expect(await only()).toMatchObject({ text: 'Looking…' });
  });

  it('becomes the whole text if it is too long for a caption, with the picture below', async () => {
    const at = await courier.placeholder(address, 'Looking…');
    const long = `${'Face: nobody\n'.repeat(100)}The end`;
    const sent = noted();
    for (let times = 0; times < 2; times++) await courier.answer(at, [result(long)], sent);
    const [text, picture, ...others] = ann.inbox();
    expect(others).toEqual([]);
    expect(text).toMatchObject({ text: long });
    expect(picture).toMatchObject({ replyTo: text?.id, spoiler: true, protect: true });
  });

  it('becomes one text for several photos, with all pictures below as one album', async () => {
    const at = await courier.placeholder(address, 'Looking…');
    const replies = [result('Photo 1: Ann'), result('Photo 2: Bob'), info('Photo 3 is damaged.')];
    const sent = noted();
    for (let times = 0; times < 2; times++) await courier.answer(at, replies, sent);
    const [text, ...pictures] = ann.inbox();
    expect(text?.text).toBe('Photo 1: Ann\n\nPhoto 2: Bob\n\nPhoto 3 is damaged.');
    expect(pictures.map(({ caption }) => caption)).toEqual(['Photo 1: Ann', 'Photo 2: Bob']);
    expect(api.calls.filter(({ method }) => method === 'sendMediaGroup')).toHaveLength(1);
  });

  it('becomes a file if Telegram does not accept the picture as a photo', async () => {
    const at = await courier.placeholder(address, 'Looking…');
    api.fault('editMessageMedia', badRequest('PHOTO_INVALID_DIMENSIONS'));
    await courier.answer(at, [result('Ann')]);
    expect(await only()).toMatchObject({ caption: 'Ann', document: { name: 'faces.jpg' } });
  });
});

describe('a first answer', () => {
  it('is one message, with a receipt as a file that may be kept', async () => {
    await courier.answer(address, [receipt('Erased.')]);
    const message = await only();
    expect(message).toMatchObject({
      caption: 'Erased.',
      document: { name: 'facefinder-erasure-club.jws' },
      protect: false,
    });
    expect(bytesOf(message.document?.file).toString()).toBe('a.b.c');
  });

  it('has a receipt for each group below its text', async () => {
    await courier.answer(address, [receipt('Erased here.'), receipt('Erased there.')]);
    const [text, ...files] = ann.inbox();
    expect(text?.text).toBe('Erased here.\n\nErased there.');
    expect(files.map(({ document }) => document?.name)).toEqual([
      'facefinder-erasure-club.jws',
      'facefinder-erasure-club.jws',
    ]);
  });

  it('replies to the request', async () => {
    ann.says('/help');
    await courier.answer({ ...address, replyTo: 1 }, [info('Help.')]);
    expect(await only()).toMatchObject({ replyTo: 1 });
  });

  it('cuts a text that is too long for a message, in the person’s language, and gives the whole as a file', async () => {
    const whole = 'Zeile\n'.repeat(2000);
    await courier.answer({ ...address, locale: 'de' }, [info(whole)]);
    const [text, file, ...others] = ann.inbox();
    expect(text?.text).toMatch(/Zeile\n… Der ganze Text steht in der Datei/);
    expect(bytesOf(file?.document?.file).toString()).toBe(whole);
    expect(others).toEqual([]);
  });

  it('has a receipt of consent below it, which leaves the answer as it is', async () => {
    const consent = { kind: 'receipt', of: 'consent', text: 'Keep it.', group: 'Club', receipt: 'd.e.f' } as const;
    await courier.answer(address, [result('Face 1: Ann'), consent]);
    const [answer, file, ...others] = ann.inbox();
    expect(answer).toMatchObject({ caption: 'Face 1: Ann', photo: expect.anything() });
    expect(file).toMatchObject({
      caption: 'Keep it.',
      document: { name: 'facefinder-consent-club.jws' },
      protect: false,
    });
    expect(others).toEqual([]);
  });

  it('that replaces another has its receipt once, however often it is repeated', async () => {
    const consent = { kind: 'receipt', of: 'consent', text: 'Keep it.', group: 'Club', receipt: 'd.e.f' } as const;
    const at = await courier.placeholder(address, 'Looking…');
    const sent = noted();
    for (let times = 0; times < 2; times++) await courier.answer(at, [info('You are enrolled.'), consent], sent);
    expect(ann.inbox().map(({ text, caption }) => text ?? caption)).toEqual(['You are enrolled.', 'Keep it.']);
  });
});

describe('a pressed button', () => {
  it('under a text: the text becomes the answer, even a picture or a receipt', async () => {
    await courier.answer(address, [{ kind: 'confirm', text: 'Sure?', actions: [show] }]);
    const question = await only();
    const at = await courier.placeholder(pressedAt(question), 'Looking…');
    expect(question).toMatchObject({ text: 'Looking…', keyboard: [] });
    await courier.answer(at, [receipt('Erased.')]);
    expect(await only()).toMatchObject({ caption: 'Erased.', document: { name: 'facefinder-erasure-club.jws' } });
    await courier.answer(at, [receipt('Erased, and scrubbed.')]);
    expect(await only()).toMatchObject({ caption: 'Erased, and scrubbed.' });
  });

  it('under a picture: the picture stays, its buttons go, and the answer comes below', async () => {
    await courier.answer(address, [result('Ann', { show })]);
    const picture = await only();
    await courier.answer(pressedAt(picture), [info('This is too old.')]);
    const [kept, answer, ...others] = ann.inbox();
    expect(others).toEqual([]);
    expect(kept).toMatchObject({ caption: 'Ann', keyboard: [] });
    expect(answer).toMatchObject({ text: 'This is too old.', replyTo: picture.id });
  });
});

describe('an address that is dead', () => {
  it.each([
    ['the bot was blocked', () => void api.world.blocked.add(ann.id)],
    ['the chat was never opened', () => void api.world.started.delete(ann.id)],
    ['the account is gone', () => void api.world.users.delete(ann.id)],
  ])('%s: expired', async (_, happens) => {
    happens();
    await expect(courier.placeholder(address, 'Looking…')).rejects.toMatchObject({ code: 'expired' });
    await expect(courier.answer(address, [info('Hello.')])).rejects.toMatchObject({ code: 'expired' });
  });

  it('the placeholder was deleted: expired, and nothing new is sent', async () => {
    const at = await courier.placeholder(address, 'Looking…');
    api.world.messages.clear();
    for (const reply of [info('Hello.'), result('Ann')]) {
      await expect(courier.answer(at, [reply])).rejects.toMatchObject({ code: 'expired' });
    }
    expect(sends()).toBe(1);
  });

  it('the bot was thrown out of the group: the person hears that nothing was shown', async () => {
    await courier.answer(address, [result('Ann', { show })]);
    const at = await courier.placeholder(pressedAt(await only()), 'Looking…');
    club.members.set(BOT.id, 'kicked');
    api.fault('sendPhoto', forbidden('bot was kicked from the supergroup chat'));
    await courier.answer(at, [result('Ann')], {
      showing: showing(),
      place: { platform: 'telegram', id: String(club.chat.id) },
    });
    expect(ann.inbox()[1]?.text).toContain('nothing was shown');
  });
});
