import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { telegramCourier } from '../../../src/bots/telegram/out/courier.ts';
import type { Address } from '../../../src/chat/ask.ts';
import type { Courier } from '../../../src/chat/courier.ts';
import type { Reply } from '../../../src/chat/reply.ts';
import { en } from '../../support/words.ts';
import { showing } from '../showing.ts';
import { type Account, type People, peopleOf } from './platform/people.ts';
import { badRequest, Refusal, serverError } from './platform/refusals.ts';
import { type BotApi, startBotApi } from './platform/server.ts';
import { BOT, type Group } from './platform/world.ts';

const MUTED = { can_send_messages: true, can_send_photos: false };
const jpeg = new Uint8Array([0xff, 0xd8, 1]);
const show = { id: 'parked:show', label: 'Show', role: 'confirm' } as const;
const result = (text: string, more: Partial<Extract<Reply, { kind: 'result' }>> = {}): Reply => ({
  kind: 'result',
  text,
  picture: { jpeg, alt: text },
  faces: [],
  ...more,
});

let api: BotApi;
let people: People;
let courier: Courier;
let ann: Account;
let club: Group;

beforeEach(async () => {
  api = await startBotApi();
  people = peopleOf(api);
  courier = telegramCourier({ token: api.token, apiUrl: api.url });
  ann = people.person('Ann');
  club = people.group('Chess club', [ann]);
  api.world.started.add(ann.id);
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  expect(api.complaints).toEqual([]);
});

const bytesOf = (file: string | undefined) => Buffer.from(api.world.files.get(file ?? '')?.bytes ?? []);

describe('"Show to the group"', () => {
  const place = () => ({ platform: 'telegram', id: String(club.chat.id) }) as const;
  let at: Address;

  beforeEach(async () => {
    const address = { platform: 'telegram', chat: ann.id, locale: 'en' };
    await courier.answer(address, [result('Ann, Bob', { show })]);
    const message = ann.inbox()[0]?.id;
    at = await courier.placeholder({ ...address, message, media: true }, 'Looking…');
  });

  it('shows the picture in the group, and says so in private', async () => {
    await courier.answer(at, [result('Ann')], { showing: showing(), place: place() });
    expect(people.inChat(club.chat.id)).toMatchObject([{ caption: 'Ann', spoiler: true }]);
    expect(ann.inbox()).toMatchObject([{ caption: 'Ann, Bob', keyboard: [] }, { text: 'Shown in the group.' }]);
  });

  it('shows it once, however often it is repeated', async () => {
    const once = showing();
    for (let time = 0; time < 3; time += 1) {
      await courier.answer(at, [result('Ann')], { showing: once, place: place() });
    }
    expect(people.inChat(club.chat.id)).toHaveLength(1);
    expect(once.told).toEqual(['go', 'posted', 'shown', 'shown']);
    expect(ann.inbox()[1]?.text).toBe(en.telegram.shown);
  });

  it('never shows anything but a result', async () => {
    const error = { kind: 'error', code: 'rate_limited', text: 'Too often.' } as const;
    await courier.answer(at, [error], { showing: showing(), place: place() });
    expect(people.inChat(club.chat.id)).toEqual([]);
    expect(ann.inbox()[1]?.text).toBe('Too often.');
  });

  it('says so if the bot may not send photos', async () => {
    api.fault('sendPhoto', badRequest('not enough rights to send photos to the chat'));
    await courier.answer(at, [result('Ann')], { showing: showing(), place: place() });
    expect(ann.inbox()[1]?.text).toContain('I may not send photos to that group');
  });

  it('stays in the topic in which it was asked for', async () => {
    await courier.answer(at, [result('Ann'), result('Bob')], { showing: showing(), place: place(), topic: 7 });
    expect(people.inChat(club.chat.id).map(({ topic }) => topic)).toEqual([7, 7, 7]);
    expect(ann.inbox().map(({ topic }) => topic)).toEqual([undefined, undefined]);
  });

  it.each([
    ['an admin silenced', () => void people.become(club, ann.user, 'restricted')],
    ['their group lets send no photos', () => void Object.assign(club.chat, { permissions: MUTED })],
    ['Telegram does not tell the rights of', () => void api.fault('getChatMember', badRequest('user not found'))],
  ])('posts nothing for somebody whom %s', async (_, silence) => {
    silence();
    const once = showing();
    await courier.answer(at, [result('Ann')], { showing: once, place: place() });
    expect(once.told).toEqual([]);
    expect(people.inChat(club.chat.id)).toEqual([]);
    expect(ann.inbox()[1]?.text).toBe(en.shown.mayNotPost);
  });

  it.each([
    ['posts for', { can_send_photos: true }, 1],
    ['posts nothing for', MUTED, 0],
  ])(
    '%s somebody whom an admin forbade other things, as the group lets all send photos or not',
    async (_, rights, posts) => {
      people.become(club, ann.user, 'restricted');
      club.sparesPhotos = true;
      Object.assign(club.chat, { permissions: rights });
      await courier.answer(at, [result('Ann')], { showing: showing(), place: place() });
      expect(people.inChat(club.chat.id)).toHaveLength(posts);
    },
  );

  it('posts for an admin of a group whose members may send no photos', async () => {
    Object.assign(club.chat, { permissions: MUTED });
    people.become(club, ann.user, 'administrator');
    await courier.answer(at, [result('Ann')], { showing: showing(), place: place() });
    expect(people.inChat(club.chat.id)).toHaveLength(1);
  });

  describe('is taken back', () => {
    const tooOld = badRequest("message can't be deleted for everyone");
    const shown = async (...results: Reply[]) => {
      const once = showing();
      await courier.answer(at, results, { showing: once, place: place() });
      const [post] = once.posts;
      if (!post) throw new Error('nothing was shown');
      return async () => await courier.takeBack?.(post);
    };
    const inClub = () => people.inChat(club.chat.id);

    it('with everything below it, and a second time without a word', async () => {
      const takeBack = await shown(result('Ann'), result('Ann and Bob'));
      expect(inClub()).toHaveLength(3);
      expect(await takeBack()).toBe('gone');
      expect(inClub()).toEqual([]);
      expect(await takeBack()).toBe('gone');
    });

    it('after 48 hours, when Telegram no longer deletes it, by removing its picture, words and buttons', async () => {
      const takeBack = await shown(result('Ann'));
      api.fault('deleteMessage', tooOld);
      expect(await takeBack()).toBe('gone');
      const [left] = inClub();
      expect(left).toMatchObject({ keyboard: [] });
      expect(left?.caption).toBeUndefined();
      expect(bytesOf(left?.photo).includes(Buffer.from(jpeg))).toBe(false);
    });

    it('not if Telegram refuses both', async () => {
      const takeBack = await shown(result('Ann'));
      api.fault('deleteMessage', tooOld);
      api.fault('editMessageMedia', badRequest("message can't be edited"));
      expect(await takeBack()).toBe('out_of_reach');
    });

    it('not if the bot was removed', async () => {
      const takeBack = await shown(result('Ann'));
      people.become(club, BOT, 'kicked');
      expect(await takeBack()).toBe('out_of_reach');
    });

    it('not under an id that the group had before it became a supergroup', async () => {
      club = people.group('Old club', [ann], { basic: true });
      const takeBack = await shown(result('Ann'));
      people.upgrade(club);
      expect(await takeBack()).toBe('out_of_reach');
    });

    it('later, if Telegram is down', async () => {
      const takeBack = await shown(result('Ann'));
      api.fault('deleteMessage', serverError(), 10);
      await expect(takeBack()).rejects.toMatchObject({ code: 'unavailable' });
    });
  });

  it('leaves nothing in the group if only a part of it was sent', async () => {
    api.fault('sendMediaGroup', badRequest('not enough rights to send photos to the chat'));
    await courier.answer(at, [result('Ann'), result('Bob')], { showing: showing(), place: place() });
    expect(people.inChat(club.chat.id)).toEqual([]);
    expect(ann.inbox()[1]?.text).toContain('nothing was shown');
  });

  it('follows the group that became a supergroup', async () => {
    const old = people.group('Old club', [ann], { basic: true });
    const upgraded = people.upgrade(old);
    await courier.answer(at, [result('Ann')], {
      showing: showing(),
      place: { platform: 'telegram', id: String(old.chat.id) },
    });
    expect(people.inChat(upgraded.chat.id)).toHaveLength(1);
  });

  it('is tried again while the person waits, after a passing failure that certainly posted nothing', async () => {
    const once = showing();
    api.fault('sendPhoto', new Refusal(429, 'Too Many Requests'));
    await expect(courier.answer(at, [result('Ann')], { showing: once, place: place() })).rejects.toThrow('unavailable');
    expect(ann.inbox()[1]?.text).toBe('Looking…');
    await courier.answer(at, [result('Ann')], { showing: once, place: place() });
    expect(people.inChat(club.chat.id)).toHaveLength(1);
    expect(ann.inbox()[1]?.text).toBe(en.telegram.shown);
  });

  it.each([
    ['is lost', 'hang up'],
    ['says that Telegram failed', serverError()],
  ] as const)(
    'is not posted again when the answer to it %s, and the person who showed it reads so',
    async (_, fault) => {
      const once = showing();
      api.fault('sendPhoto', fault);
      for (let time = 0; time < 2; time += 1) {
        await courier.answer(at, [result('Ann')], { showing: once, place: place() });
        expect(ann.inbox()[1]?.text).toBe(en.shown.unknown);
      }
      const toClub = api.calls.filter(
        ({ method, params }) => method === 'sendPhoto' && Number(params.chat_id) === club.chat.id,
      );
      expect(toClub.length).toBeLessThanOrEqual(1);
      expect(once.told).toEqual(['go', 'unknown']);
    },
  );

  it('is noted as far as it is known, if its rest is unknown and it cannot be deleted at once', async () => {
    const once = showing();
    api.fault('sendMediaGroup', serverError());
    api.fault('deleteMessage', serverError(), 10);
    await courier.answer(at, [result('Ann'), result('Bob')], { showing: once, place: place() });
    expect(once.posts).toHaveLength(1);
    expect(ann.inbox()[1]?.text).toBe(en.shown.unknown);
  });

  it('that was deleted again at once is not said to be shown', async () => {
    await courier.answer(at, [result('Ann')], { showing: showing('gone'), place: place() });
    expect(ann.inbox()[1]?.text).toBe(en.shown.gone);
  });

  it.each(['TOPIC_CLOSED', 'message thread not found'])(
    'says what is wrong with a topic that takes nothing (%s)',
    async (words) => {
      api.fault('sendPhoto', badRequest(words));
      await courier.answer(at, [result('Ann')], { showing: showing(), place: place(), topic: 7 });
      expect(ann.inbox()[1]?.text).toBe(en.telegram.topicClosed);
    },
  );
});
