import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Stage, stage } from './fixture.ts';
import type { Account } from './platform/people.ts';
import { buttons } from './platform/people.ts';
import { badRequest, serverError } from './platform/refusals.ts';
import { BOT, type Group } from './platform/world.ts';

const photo = new Uint8Array([1, 2, 3]);
let on: Stage;
let ann: Account;
let bob: Account;
let club: Group;

beforeEach(async () => {
  on = await stage();
  ann = on.people.person('Ann');
  bob = on.people.person('Bob');
  club = on.people.group('Chess club', [ann, bob]);
});
afterEach(async () => {
  await on[Symbol.asyncDispose]();
  expect(on.api.complaints).toEqual([]);
});

const inClub = () => on.people.inChat(club.chat.id);
const said = () => on.api.until('a word in the group', () => inClub().at(-1));
const answered = (account: Account) => on.api.until('an answer in private', () => account.inbox().at(-1));
const link = (message: Awaited<ReturnType<typeof said>>) =>
  buttons(message).map((button) => 'url' in button && button.url);

/**
 * Lets somebody else ask for help. When that is answered, everything before it has been handled.
 */
async function everythingIsTakenIn() {
  const carol = on.people.person('Carol');
  carol.says('/help');
  await answered(carol);
}

describe('/find in a group', () => {
  it('is answered in private; the group sees a reaction and no message', async () => {
    ann.says('/start');
    await answered(ann);
    ann.saysIn(club, `/find@${BOT.username}`, { photos: [photo] });
    await on.api.until('the answer', () => ann.inbox()[1]);

    expect(on.chat.asks[1]).toMatchObject({
      command: 'find',
      place: { platform: 'telegram', id: String(club.chat.id), title: 'Chess club' },
      address: { chat: ann.id },
      photos: [{ file: 'photo0' }],
    });
    const request = [...on.api.world.messages.values()].find((message) => message.photo === 'photo0');
    await on.api.until('the reaction', () => request?.reaction === '👀');
    expect(inClub()).toEqual([]);
  });

  it('notes the topic that it was sent in', async () => {
    ann.says('/start');
    ann.saysIn(club, '/find', { photos: [photo], topic: 7 });
    await on.api.until('the ask', () => on.chat.asks[1] && ann.inbox()[1]);
    expect(on.chat.asks[1]).toMatchObject({ command: 'find', topic: 7 });
  });

  it('takes the photo of the message that it replies to', async () => {
    ann.says('/start');
    bob.saysIn(club, 'look at this', { photos: [photo] });
    const [posted] = [...on.api.world.messages.values()].filter((message) => message.photo !== undefined);
    ann.saysIn(club, '/find', { ...(posted && { replyTo: posted }) });
    await on.api.until('the ask', () => on.chat.asks[1] && ann.inbox()[1]);
    expect(on.chat.asks[1]).toMatchObject({
      command: 'find',
      photos: [{ file: 'photo0', borrowed: true, isOfOthers: true, sender: String(bob.id) }],
    });
  });

  it('takes the asker’s own photo that they replied to as their own', async () => {
    ann.says('/start');
    ann.saysIn(club, 'us', { photos: [photo] });
    const [posted] = [...on.api.world.messages.values()].filter((message) => message.photo !== undefined);
    ann.saysIn(club, '/find', { ...(posted && { replyTo: posted }) });
    await on.api.until('the ask', () => on.chat.asks[1] && ann.inbox()[1]);
    expect(on.chat.asks[1]?.photos).toEqual([{ platform: 'telegram', file: 'photo0', bytes: 3 }]);
  });

  it('is what the bot’s name under a photo means', async () => {
    ann.says('/start');
    ann.saysIn(club, `who is this, @${BOT.username}?`, { photos: [photo] });
    await on.api.until('the ask', () => on.chat.asks[1] && ann.inbox()[1]);
    expect(on.chat.asks[1]).toMatchObject({ command: 'find', photos: [{ file: 'photo0' }] });
  });

  it('gives people to whom the bot may not write a link that goes on with the search', async () => {
    ann.saysIn(club, '/find', { photos: [photo] });
    const offer = await said();
    expect(offer.text).toContain('Open our chat once');
    expect(on.chat.parked).toMatchObject([
      { command: 'find', place: { id: String(club.chat.id) }, photos: [{ file: 'photo0' }] },
    ]);
    expect(on.chat.parkedMs).toEqual([3_600_000]);

    ann.opens(offer);
    await answered(ann);
    expect(on.chat.presses).toMatchObject([
      { person: { id: String(ann.id) }, place: undefined, address: { chat: ann.id } },
    ]);
    expect(inClub()).toHaveLength(1);
  });

  it('does the same for somebody who blocked the bot since', async () => {
    ann.says('/start');
    await answered(ann);
    on.api.world.blocked.add(ann.id);
    ann.saysIn(club, '/find', { photos: [photo] });
    expect(link(await said())).toEqual([expect.stringMatching(/^https:\/\/t\.me\/finder_test_bot\?start=[\w-]{22}$/)]);
  });
});

describe('what is personal', () => {
  it.each(['enroll', 'mydata', 'forget'])(
    '/%s in a group gives a link to the private chat, for that group',
    async (command) => {
      ann.saysIn(club, `/${command}@${BOT.username}`);
      const offer = await said();
      expect(offer.text).toContain('between the two of us');
      expect(link(offer)).toEqual([expect.stringMatching(/\?start=[\w-]{22}$/)]);
      expect(on.chat.parked).toMatchObject([
        { command, place: { id: String(club.chat.id) }, address: { chat: ann.id } },
      ]);
      expect(on.chat.asks).toEqual([]);
      // The link works for an hour.
      expect(on.chat.parkedMs).toEqual([3_600_000]);
    },
  );

  it('a selfie that came with /enroll in a group is not used', async () => {
    ann.saysIn(club, '/enroll', { photos: [photo] });
    await said();
    expect(on.chat.parked).toMatchObject([{ command: 'enroll', photos: [] }]);
    expect(on.api.calls.some(({ method }) => method === 'getFile')).toBe(false);
  });

  it('is offered in the person’s language', async () => {
    const dora = on.people.person('Dora', { language_code: 'de' });
    dora.saysIn(club, '/enroll');
    expect((await said()).text).toContain('Das geht nur uns beide an');
  });
});

describe('a group whose members Telegram does not tell', () => {
  const advice = 'Make me an admin';
  async function enrolling(person: Account): Promise<string> {
    const before = inClub().length;
    person.saysIn(club, '/enroll');
    return (await on.api.until('the link', () => inClub()[before])).text ?? '';
  }

  it('is told once, with the first /enroll, to make the bot an admin', async () => {
    club.silence = { refusal: badRequest('CHAT_ADMIN_REQUIRED') };
    expect(await enrolling(ann)).toContain(advice);
    expect(await enrolling(bob)).not.toContain(advice);
    const other = on.people.group('Other club', [ann]);
    other.silence = club.silence;
    club = other;
    expect(await enrolling(ann)).toContain(advice);
  });

  it('is told again when the bot was removed and came back', async () => {
    club.silence = { refusal: badRequest('CHAT_ADMIN_REQUIRED') };
    await enrolling(ann);
    on.people.become(club, { id: BOT.id, is_bot: true, first_name: 'Finder' }, 'left');
    on.people.become(club, { id: BOT.id, is_bot: true, first_name: 'Finder' }, 'member');
    await on.api.until('the greeting', () => inClub().find(({ text }) => text === 'Join.'));
    expect(await enrolling(ann)).toContain(advice);
  });

  it('is told nothing if the bot is an admin, or if Telegram tells it', async () => {
    expect(await enrolling(ann)).not.toContain(advice);
    on.api.fault('getChatMember', serverError(), 9);
    expect(await enrolling(ann)).not.toContain(advice);
  });
});

describe('/privacy and /help in a group', () => {
  it.each(['privacy', 'help'])('/%s is always answered, with a link that anybody may follow', async (command) => {
    ann.saysIn(club, `/${command}`);
    const offer = await said();
    expect(link(offer)).toEqual([`https://t.me/${BOT.username}?start=${command}`]);
    bob.opens(offer);
    await answered(bob);
    expect(on.chat.asks).toMatchObject([{ command, person: { id: String(bob.id) } }]);
  });

  it('/privacy answers an anonymous admin too', async () => {
    ann.saysIn(club, '/privacy', { anonymously: true });
    expect(link(await said())).toEqual([`https://t.me/${BOT.username}?start=privacy`]);
  });
});

describe('who cannot be told apart', () => {
  it.each(['find', 'enroll', 'forget'])(
    'an anonymous admin who sends /%s hears how to ask as a person',
    async (command) => {
      ann.saysIn(club, `/${command}`, { anonymously: true, photos: [photo] });
      expect((await said()).text).toContain('choose yourself as the sender'.replace('choose', 'Choose'));
      expect(on.chat.asks).toEqual([]);
      expect(on.chat.parked).toEqual([]);
    },
  );

  it.each([
    ['find', 'not in channels'],
    ['enroll', 'not in channels'],
    ['privacy', 'between the two of us'],
  ])('a channel post of /%s hears what to do', async (command, words) => {
    const chat = { id: -1009, type: 'channel', title: 'News' } as const;
    on.api.world.groups.set(chat.id, { chat, members: new Map([[BOT.id, 'administrator']]) });
    const entities = [{ type: 'bot_command', offset: 0, length: command.length + 1 }];
    on.api.updates.add({
      channel_post: { message_id: 5, date: 1, chat, sender_chat: chat, text: `/${command}`, entities },
    } as never);
    const told = await on.api.until('a word in the channel', () => on.people.inChat(chat.id)[0]);
    expect(told.text).toContain(words);
    expect(on.chat.asks).toEqual([]);
    expect(on.chat.parked).toEqual([]);
  });
});

describe('what a group hears nothing of', () => {
  it('ordinary talk, other bots’ commands, unknown commands, photos', async () => {
    club.members.set(BOT.id, 'administrator');
    ann.saysIn(club, 'find me at the bar');
    ann.saysIn(club, '/find@another_bot', { photos: [photo] });
    ann.saysIn(club, '/roll 6');
    ann.saysIn(club, 'holiday', { photos: [photo, photo] });
    ann.saysIn(club, '/find', { forwarded: true });
    await everythingIsTakenIn();
    expect(inClub()).toEqual([]);
    expect(on.chat.asks.map(({ command }) => command)).toEqual(['help']);
    expect(on.chat.parked).toEqual([]);
  });

  it('posts that arrive from a linked channel', async () => {
    const message = { message_id: 9, date: 1, chat: club.chat, text: '/find', is_automatic_forward: true };
    const service = { id: 777000, is_bot: false, first_name: 'Telegram' };
    on.api.updates.add({
      message: { ...message, from: service, sender_chat: { id: -1, type: 'channel', title: 'News' } },
    } as never);
    await everythingIsTakenIn();
    expect(inClub()).toEqual([]);
  });

  it('a group in which the bot may not write', async () => {
    club.members.set(BOT.id, 'kicked');
    ann.saysIn(club, '/enroll');
    await everythingIsTakenIn();
    expect(on.chat.parked).toHaveLength(1);
    expect(inClub()).toEqual([]);
  });
});

it('an unknown command that names the bot asks for help', async () => {
  ann.saysIn(club, `/dance@${BOT.username}`);
  expect(link(await said())).toEqual([`https://t.me/${BOT.username}?start=help`]);
});
