import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { en } from '../../support/words.ts';
import { type Stage, stage } from './fixture.ts';
import { isOfficial, kindsOfMessages } from './platform/description.ts';
import type { Account } from './platform/people.ts';

const photo = new Uint8Array([1, 2, 3]);
let on: Stage;

beforeEach(async () => {
  on = await stage();
});
afterEach(async () => {
  await on[Symbol.asyncDispose]();
  expect(on.api.complaints).toEqual([]);
});

/** What people send that is neither words nor a photo nor a file. */
const KINDS = [
  'animation',
  'audio',
  'checklist',
  'contact',
  'dice',
  'game',
  'giveaway',
  'giveaway_winners',
  'invoice',
  'location',
  'paid_media',
  'poll',
  'rich_message',
  'sticker',
  'story',
  'venue',
  'video',
  'video_note',
  'voice',
];

/**
 * Somebody sends a message of this kind. Telegram repeats two of the kinds in a second field: an
 * animation as a document, and a venue as a location.
 */
function sendsOnly({ id, user }: Account, kind: string): void {
  const chat = { id, type: 'private', first_name: user.first_name };
  const twice = { animation: { document: {} }, venue: { location: {} } }[kind] ?? {};
  on.api.updates.add({ message: { message_id: 9, date: 1, chat, from: user, [kind]: {}, ...twice } } as never);
}

/** The `nth` ask that reached the chat, from 1, once it was answered. */
async function asked(nth = 1) {
  await on.api.until(`answer ${nth}`, () => answers() >= nth);
  return on.chat.asks[nth - 1];
}
const answers = () => on.api.calls.filter(({ method, status }) => method === 'sendMessage' && status === 200).length;

describe('what is said in private', () => {
  it('is passed on with its command, the words after it and its sender, and answered as a reply', async () => {
    const ann = on.people.person('Ann', { last_name: 'Lee', language_code: 'de' });
    const update = ann.says('/Find  everybody here');

    expect(await asked()).toMatchObject({
      id: `telegram:${update}`,
      command: 'find',
      args: 'everybody here',
      person: { platform: 'telegram', id: String(ann.id), name: 'Ann Lee' },
      place: undefined,
      locale: 'de',
      photos: [],
    });
    expect(ann.inbox()).toMatchObject([{ text: 'An answer.', replyTo: 1 }]);
  });

  it('may be a command under a photo', async () => {
    on.people.person('Ann').says('/find', { photos: [photo] });
    const ask = await asked();
    expect(ask).toMatchObject({ command: 'find', photos: [{ platform: 'telegram', file: 'photo0', bytes: 3 }] });
  });

  it.each(['/find.', '/find!', '/find, please', '\u200e/find', 'please /find', '/FIND'])(
    'may be a command as phones write it: %s',
    async (said) => {
      on.people.person('Ann').says(said, { photos: [photo] });
      expect(await asked()).toMatchObject({ command: 'find', photos: [{ file: 'photo0' }] });
    },
  );

  it('may be a command under an album: one ask with all its photos, in their order', async () => {
    on.people.person('Ann').says('/find', { photos: Array.from({ length: 10 }, () => photo) });
    const ask = await asked();
    expect(ask?.photos.map(({ file }) => file)).toEqual(Array.from({ length: 10 }, (_, index) => `photo${index}`));
    expect(on.chat.asks).toHaveLength(1);
  });

  it('may be a command in reply to a photo', async () => {
    const ann = on.people.person('Ann');
    ann.says('', { photos: [photo] });
    await asked();
    const sent = [...on.api.world.messages.values()].find((message) => message.photo !== undefined);
    ann.says('/enroll', { ...(sent && { replyTo: sent }) });

    const ask = await asked(2);
    expect(ask).toMatchObject({ command: 'enroll', photos: [{ file: 'photo0' }] });
    expect(ask?.photos[0]?.borrowed).toBeUndefined();
  });

  it('may be a photo alone, for the command that asked for it', async () => {
    on.people.person('Ann').says('', { photos: [photo] });
    expect(await asked()).toMatchObject({ command: '', photos: [{ file: 'photo0' }] });
  });

  it('may be a picture sent as a file', async () => {
    on.people.person('Ann').says('/find', { photos: [photo], asDocument: true });
    expect(await asked()).toMatchObject({ command: 'find', photos: [{ file: 'photo0' }] });
  });

  it('is asked even when it is no command, so that the person hears what to do', async () => {
    on.people.person('Ann').says('hello there');
    expect(await asked()).toMatchObject({ command: '', photos: [] });
  });

  it('loses signs in a name that turn or hide text', async () => {
    on.people.person('\u202eAnn\u200b', { last_name: 'of\nLee' }).says('/help');
    expect((await asked())?.person.name).toBe('Ann of Lee');
  });

  it.each([
    ['/start', { command: 'start' }],
    ['/start privacy', { command: 'privacy' }],
    ['/start help', { command: 'help' }],
    ['/start whatever', { command: 'help' }],
  ])('%s gives the first words', async (text, ask) => {
    on.people.person('Ann').says(text);
    expect(await asked()).toMatchObject({ ...ask, args: '', place: undefined });
  });

  it.each(['x', '-', '_'])(
    'opens a deep link as a press of the parked ask, whatever it begins with: %s',
    async (letter) => {
      const ann = on.people.person('Ann');
      ann.says(`/start ${letter.repeat(22)}`);
      await on.api.until('an answer', () => answers());
      expect(on.chat.presses).toMatchObject([
        { action: `${letter.repeat(22)}:open`, place: undefined, address: { platform: 'telegram', chat: ann.id } },
      ]);
      expect(on.chat.asks).toEqual([]);
    },
  );
});

describe('photos of somebody else', () => {
  it('are marked when they were forwarded, and their caption commands nothing', async () => {
    on.people.person('Ann').says('/enroll', { photos: [photo], forwarded: true });
    const ask = await asked();
    expect(ask).toMatchObject({ command: '', photos: [{ file: 'photo0', borrowed: true }] });
    // The person who forwards a photo counts as its sender.
    expect(ask?.photos[0]).not.toHaveProperty('isOfOthers');
  });

  it('are marked when the message replied to is not the sender’s own', async () => {
    const ann = on.people.person('Ann');
    const bob = on.people.person('Bob');
    const group = on.people.group('Chess club', [ann, bob]);
    bob.saysIn(group, 'look', { photos: [photo] });
    const [posted] = [...on.api.world.messages.values()];
    ann.says('/start');
    await asked();
    ann.saysIn(group, '/find', { ...(posted && { replyTo: posted }) });
    await on.api.until('an ask', () => on.chat.asks[1]);
    const photos = [{ file: 'photo0', borrowed: true, isOfOthers: true, sender: String(bob.id) }];
    expect(on.chat.asks[1]).toMatchObject({ command: 'find', photos });
  });
});

describe('what is passed over in silence', () => {
  const message = { message_id: 1, date: 1, text: '/find' };

  it.each([
    ['an edited message', 'edited_message', { from: { id: 1001, is_bot: false, first_name: 'Ann' } }],
    ['a message of another bot', 'message', { from: { id: 9, is_bot: true, first_name: 'Bot' } }],
    ['a message without a sender', 'message', {}],
  ])('%s', async (_, kind, more) => {
    const ann = on.people.person('Ann');
    const chat = { id: ann.id, type: 'private', first_name: 'Ann' };
    on.api.updates.add({ [kind]: { ...message, chat, ...more } } as never);
    ann.says('/help');
    await asked();
    expect(on.chat.asks.map(({ command }) => command)).toEqual(['help']);
  });
});

describe('a message of any kind', () => {
  /** The kinds of which the bot uses something: words, a photo, or a file that may be a picture. */
  const USED = ['text', 'photo', 'live_photo', 'document'];

  it.skipIf(!isOfficial)('is tested here, of all kinds that Telegram’s description knows', () => {
    // Two kinds are described in other words, by which `kindsOfMessages` does not find them.
    expect([...KINDS, ...USED].toSorted()).toEqual([...kindsOfMessages(), 'giveaway_winners', 'text'].toSorted());
  });

  it.each(['new_chat_photo', 'pinned_message', 'successful_payment', 'web_app_data', 'chat_background_set'])(
    'is answered, but no service message: %s',
    async (service) => {
      const ann = on.people.person('Ann');
      sendsOnly(ann, service);
      ann.says('/help');
      await asked();
      expect(ann.inbox()).toHaveLength(1);
    },
  );
});

it.each(KINDS)('a %s is met with a sentence that says what can be looked at', async (kind) => {
  const ann = on.people.person('Ann');
  ann.says('/help');
  await asked();
  sendsOnly(ann, kind);
  const told = await on.api.until('a sentence', () => ann.inbox()[1]);
  expect(told.text).toBe(en.intent.onlyPhotos);
  expect(on.chat.asks).toHaveLength(1);
});

it.each([
  ['that a name is wrong is said', 'wrong:asker-abc', 'actions'],
  ['what its numbers mean is explained', 'details:85-100-own', 'details'],
] as const)('%s below the result, which stays', async (_, id, as) => {
  const ann = on.people.person('Ann');
  const wrong = { id, label: 'Press me', role: 'confirm' } as const;
  const offered = as === 'details' ? { details: wrong } : { actions: [wrong] };
  on.chat.answer = () => [{ kind: 'result', text: '1 face', faces: [], ...offered }];
  ann.says('/find');
  const result = await on.api.until('a result', () => ann.inbox()[0]);
  on.chat.answer = () => [{ kind: 'info', text: 'Noted.' }];
  ann.presses(result, wrong.label);
  const noted = await on.api.until('an answer', () => ann.inbox()[1]);
  expect(noted.text).toBe('Noted.');
  expect(result.text).toBe('1 face');
  expect(result.keyboard[0]).toMatchObject([{ text: wrong.label }]);
  expect(on.chat.presses).toMatchObject([{ action: wrong.id, place: undefined }]);
});

describe('a pressed button', () => {
  it('that was pressed before says so above its message, which stays as it is', async () => {
    const ann = on.people.person('Ann');
    on.chat.answer = () => [
      { kind: 'confirm', text: 'Sure?', actions: [{ id: 'p:yes', label: 'Yes', role: 'confirm' }] },
    ];
    ann.says('/forget');
    const question = await on.api.until('a question', () => ann.inbox()[0]);
    on.chat.refusal = async () => new Failure('in_progress');
    ann.presses(question, 'Yes');
    const told = () => on.api.calls.find(({ method }) => method === 'answerCallbackQuery');
    const { params } = await on.api.until('a word above it', told);
    expect(params).toMatchObject({ text: en.failures.in_progress, show_alert: true });
    expect(question.text).toBe('Sure?');
    expect(on.chat.presses).toEqual([]);
  });

  it('loses its waiting sign, and is answered in the message that it stands under', async () => {
    const ann = on.people.person('Ann');
    on.chat.answer = () => [
      { kind: 'confirm', text: 'Sure?', actions: [{ id: 'p:yes', label: 'Yes', role: 'confirm' }] },
    ];
    ann.says('/forget');
    const question = await on.api.until('a question', () => ann.inbox()[0]);
    on.chat.answer = () => [{ kind: 'info', text: 'Done.' }];
    const update = ann.presses(question, 'Yes');
    await on.api.until('an answer', () => question.text === 'Done.');

    expect(on.chat.presses).toMatchObject([{ id: `telegram:${update}`, action: 'p:yes', place: undefined }]);
    expect(ann.inbox()).toHaveLength(1);
    expect(question.keyboard).toHaveLength(1);
    await on.api.until('the sign to go', () => on.api.calls.some(({ method }) => method === 'answerCallbackQuery'));
  });
});
