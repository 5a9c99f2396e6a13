import { describe, expect, it } from 'vitest';
import { de, en } from '../../support/words.ts';
import { ann, answered, bob, club, heardIn, inClub, link, meetsAnew, on, photo, said } from './noted-club.ts';
import { BOT } from './platform/world.ts';

meetsAnew();

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
    await answered(ann, 2);

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
    const about = { platform: 'telegram', id: String(club.chat.id), title: 'Chess club' };
    expect(on.chat.goneOn).toMatchObject([
      { person: { id: String(ann.id) }, place: undefined, about, address: { chat: ann.id } },
    ]);
    expect(inClub()).toHaveLength(1);
  });

  it('does the same for somebody who blocked the bot since', async () => {
    ann.says('/start');
    await answered(ann);
    on.api.world.blocked.add(ann.id);
    ann.saysIn(club, '/find', { photos: [photo] });
    expect(link(await said())).toEqual([`https://t.me/finder_test_bot?start=on_${club.chat.id}`]);
  });
});

describe('what is personal', () => {
  it.each(['enroll', 'mydata', 'forget'])('/%s in a group is answered in private, for that group', async (command) => {
    ann.says('/start');
    await answered(ann);
    ann.saysIn(club, `/${command}@${BOT.username}`);
    await answered(ann, 2);
    expect(on.chat.asks[1]).toMatchObject({ command, place: { id: String(club.chat.id) }, address: { chat: ann.id } });
    await heardIn();
    expect(inClub()).toEqual([]);
  });

  it.each(['enroll', 'mydata', 'forget'])(
    '/%s of somebody to whom the bot may not write waits for them, and a signpost leads there',
    async (command) => {
      ann.saysIn(club, `/${command}`);
      const offer = await said();
      expect(offer.text).toBe(en.telegram.openOnce);
      expect(link(offer)).toEqual([`https://t.me/${BOT.username}?start=on_${club.chat.id}`]);
      expect(on.chat.parked).toMatchObject([
        { command, place: { id: String(club.chat.id) }, address: { chat: ann.id } },
      ]);
      // The request waits behind the link for an hour.
      expect(on.chat.parkedMs).toEqual([3_600_000]);
      await heardIn();
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
    expect((await said()).text).toBe(de.telegram.openOnce);
  });
});

describe('/privacy and /help in a group', () => {
  it.each(['privacy', 'help'])('/%s is answered in private', async (command) => {
    ann.says('/start');
    await answered(ann);
    ann.saysIn(club, `/${command}`);
    await answered(ann, 2);
    expect(on.chat.asks[1]).toMatchObject({ command, place: { id: String(club.chat.id) } });
    await heardIn();
    expect(inClub()).toEqual([]);
  });

  it.each(['privacy', 'help'])(
    '/%s answers an anonymous admin too, by a link that anybody may follow',
    async (command) => {
      ann.saysIn(club, `/${command}`, { anonymously: true });
      const offer = await said();
      expect(link(offer)).toEqual([`https://t.me/${BOT.username}?start=${command}`]);
      bob.opens(offer);
      await answered(bob);
      expect(on.chat.asks).toMatchObject([{ command, person: { id: String(bob.id) } }]);
    },
  );
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
    ['datenschutz', 'between the two of us'],
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
    ann.saysIn(club, '/fin');
    ann.saysIn(club, '/sittingz');
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
    await on.api.until('a signpost that is refused', () =>
      on.api.calls.some(({ method, params }) => method === 'sendMessage' && Number(params.chat_id) === club.chat.id),
    );
    expect(on.chat.parked).toHaveLength(1);
    expect(inClub()).toEqual([]);
  });
});
