import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { telegramCourier } from '../../../src/bots/telegram/out/courier.ts';
import { type Stage, stage } from './fixture.ts';
import type { Account } from './platform/people.ts';
import { badRequest, forbidden, Refusal, serverError, tooMany } from './platform/refusals.ts';
import { BOT, type Group } from './platform/world.ts';

let on: Stage;
let ann: Account;

beforeEach(async () => {
  on = await stage();
  ann = on.people.person('Ann');
});
afterEach(async () => {
  await on[Symbol.asyncDispose]();
  expect(on.api.complaints).toEqual([]);
});

const place = ({ chat }: Pick<Group, 'chat'>) => ({ platform: 'telegram', id: String(chat.id), title: chat.title });
const heard = (kind: string) => on.api.until(kind, () => on.chat.events.find(([name]) => name === kind));
const bot = { id: BOT.id, is_bot: true, first_name: 'Finder' };

async function everythingIsTakenIn() {
  const carol = on.people.person('Carol');
  carol.says('/help');
  await on.api.until('an answer', () => carol.inbox()[0]);
}

describe('who leaves', () => {
  it.each(['left', 'kicked'] as const)('is forgotten when an admin bot hears that they were %s', async (status) => {
    const club = on.people.group('Chess club', [ann], { admin: true });
    on.people.become(club, ann.user, status);
    await everythingIsTakenIn();
    expect(on.chat.events).toEqual([['left', place(club), { platform: 'telegram', id: String(ann.id), name: 'Ann' }]]);
  });

  it('is forgotten by the message that a small group shows', async () => {
    const club = on.people.group('Chess club', [ann]);
    const message = { message_id: 3, date: 1, chat: club.chat, from: ann.user, left_chat_member: ann.user };
    on.api.updates.add({ message } as never);
    await everythingIsTakenIn();
    expect(on.chat.events).toEqual([['left', place(club), { platform: 'telegram', id: String(ann.id), name: 'Ann' }]]);
  });

  it('is not somebody who was only muted or promoted, or who joined', async () => {
    const club = on.people.group('Chess club', [ann], { admin: true });
    on.people.become(club, ann.user, 'administrator');
    on.people.become(club, ann.user, 'member');
    await everythingIsTakenIn();
    expect(on.chat.events).toEqual([]);
  });
});

describe('the bot', () => {
  it('forgets a group that it was removed from', async () => {
    const club = on.people.group('Chess club', [ann]);
    on.people.become(club, bot, 'kicked');
    await everythingIsTakenIn();
    expect(on.chat.events).toEqual([['removed', place(club)]]);
  });

  it('forgets nobody when somebody blocks it in private', async () => {
    const chat = { id: ann.id, type: 'private', first_name: 'Ann' };
    const change = { chat, from: ann.user, date: 1, old_chat_member: { user: bot, status: 'member' } };
    on.api.updates.add({ my_chat_member: { ...change, new_chat_member: { user: bot, status: 'kicked' } } } as never);
    await everythingIsTakenIn();
    expect(on.chat.events).toEqual([]);
  });

  it('carries a group along that became a supergroup', async () => {
    const club = on.people.group('Chess club', [ann], { basic: true });
    const upgraded = on.people.upgrade(club);
    await everythingIsTakenIn();
    expect(on.chat.events).toEqual([
      ['moved', place(club), place(upgraded)],
      ['moved', place(club), place(upgraded)],
    ]);
  });

  it('does not take an upgrade for a removal, whatever comes first', async () => {
    const club = on.people.group('Chess club', [ann], { basic: true });
    const upgraded = on.people.upgrade(club);
    on.people.become(club, bot, 'left');
    await everythingIsTakenIn();
    expect(on.chat.events.map(([kind]) => kind)).toEqual(['moved', 'moved', 'moved']);
    expect(on.chat.events[2]).toEqual(['moved', place(club), place(upgraded)]);
  });

  it('waits with a removal while Telegram cannot say whether it was one', async () => {
    const club = on.people.group('Chess club', [ann], { basic: true });
    on.api.fault('getChat', serverError(), 4);
    on.people.become(club, bot, 'kicked');
    await on.api.until('the first try', () => on.api.calls.filter(({ method }) => method === 'getChat').length === 4);
    expect(on.chat.events).toEqual([]);
    await heard('removed');
  });
});

describe('membership', () => {
  const courier = () => telegramCourier({ token: on.api.token, apiUrl: on.api.url });

  it.each([
    ['creator', 'member'],
    ['administrator', 'member'],
    ['member', 'member'],
    ['restricted', 'member'],
    ['left', 'gone'],
    ['kicked', 'gone'],
  ] as const)('of a %s is "%s"', async (status, membership) => {
    const club = on.people.group('Chess club', []);
    club.members.set(ann.id, status);
    expect(await courier().membership({ platform: 'telegram', id: String(club.chat.id) }, String(ann.id))).toBe(
      membership,
    );
  });

  const of = (club: Group) => courier().membership({ platform: 'telegram', id: String(club.chat.id) }, String(ann.id));

  it.each([
    ['member not found', badRequest('member not found')],
    ['user not found', badRequest('user not found')],
    ['PARTICIPANT_ID_INVALID', badRequest('PARTICIPANT_ID_INVALID')],
    ['USER_ID_INVALID', badRequest('USER_ID_INVALID')],
    ['CHAT_ADMIN_REQUIRED', badRequest('CHAT_ADMIN_REQUIRED')],
    ['not enough rights', badRequest('not enough rights')],
    ['member list is inaccessible', badRequest('member list is inaccessible')],
    ['chat not found', badRequest('chat not found')],
    ['CHANNEL_PRIVATE', badRequest('CHANNEL_PRIVATE')],
    ['something new', badRequest('something new')],
    ['that the bot was kicked', forbidden('bot was kicked from the supergroup chat')],
    ['that the bot is no member', forbidden('bot is not a member of the supergroup chat')],
    ['that the group was deleted', forbidden('the group chat was deleted')],
  ])('has no proof where Telegram says %s', async (_, refusal) => {
    const club = on.people.group('Chess club', [ann]);
    club.silence = { refusal };
    expect(await of(club)).toBe('no_proof');
    club.silence = { refusal, about: new Set([ann.id + 1]) };
    expect(await of(club)).toBe('member');
    club.silence = { refusal };
    club.members.set(BOT.id, 'administrator');
    expect(await of(club)).toBe('member');
  });

  it.each([
    ['fails', serverError()],
    ['has a bad gateway', new Refusal(502, 'Bad Gateway')],
    ['is flooded', tooMany(60)],
    ['does not know the token', new Refusal(401, 'Unauthorized')],
    ['does not know the path', new Refusal(404, 'Not Found')],
    ['has another program with the token', new Refusal(409, 'Conflict')],
    ['hangs up', 'hang up'],
  ] as const)('is down while Telegram %s', async (_, fault) => {
    on.api.fault('getChatMember', fault, 9);
    expect(await of(on.people.group('Chess club', [ann]))).toBe('down');
  });

  it('is asked of the supergroup that a group became', async () => {
    const club = on.people.group('Chess club', [ann], { basic: true });
    on.people.upgrade(club);
    expect(await courier().membership({ platform: 'telegram', id: String(club.chat.id) }, String(ann.id))).toBe(
      'member',
    );
  });

  it('brings the name that others see now, and the account’s name, which tells two people of one name apart', async () => {
    const one = courier();
    const cleo = on.people.person('Cleo', { username: 'cleo_1' });
    const club = on.people.group('Chess club', [ann, cleo]);
    const where = { platform: 'telegram', id: String(club.chat.id) } as const;
    expect(one.nameNow?.(where, String(cleo.id))).toBeUndefined();
    on.api.world.users.set(cleo.id, { ...cleo.user, first_name: 'Cl\u202eara', last_name: 'Lee' });
    for (const { id } of [ann, cleo]) await one.membership(where, String(id));
    expect(one.nameNow?.(where, String(cleo.id))).toEqual({ name: 'Clara Lee', handle: 'cleo_1' });
    expect(one.nameNow?.(where, String(ann.id))).toEqual({ name: 'Ann' });
    expect(one.nameNow?.({ platform: 'telegram', id: '-1' }, String(cleo.id))).toBeUndefined();
  });

  it('is asked for each time', async () => {
    const club = on.people.group('Chess club', [ann]);
    const where = { platform: 'telegram', id: String(club.chat.id) } as const;
    const one = courier();
    expect(await one.membership(where, String(ann.id))).toBe('member');
    club.members.set(ann.id, 'left');
    expect(await one.membership(where, String(ann.id))).toBe('gone');
  });
});

describe('what a group became', () => {
  const courier = () => telegramCourier({ token: on.api.token, apiUrl: on.api.url });
  const became = (club: Group) =>
    courier().becameOf?.({ platform: 'telegram', id: String(club.chat.id), title: 'A club' });

  it('is known for a basic group that is a supergroup now', async () => {
    const club = on.people.group('Chess club', [ann], { basic: true });
    expect(await became(club)).toBeUndefined();
    const upgraded = on.people.upgrade(club);
    expect(await became(club)).toEqual({ ...place(club), id: String(upgraded.chat.id), title: 'A club' });
  });

  it('is not asked of a supergroup, and not known while Telegram fails', async () => {
    expect(await became(on.people.group('Chess club', [ann]))).toBeUndefined();
    expect(on.api.calls.filter(({ method }) => method === 'getChat')).toEqual([]);
    const club = on.people.group('Small club', [ann], { basic: true });
    on.people.upgrade(club);
    on.api.fault('getChat', serverError(), 9);
    expect(await became(club)).toBeUndefined();
  });
});

describe('the bot’s own presence', () => {
  const courier = () => telegramCourier({ token: on.api.token, apiUrl: on.api.url });
  const presence = ({ chat }: Pick<Group, 'chat'>) =>
    courier().presence?.({ platform: 'telegram', id: String(chat.id) });
  const bot = String(BOT.id);

  it.each(['member', 'administrator', 'restricted'] as const)('is there as a %s', async (status) => {
    const club = on.people.group('Chess club', [ann]);
    club.members.set(BOT.id, status);
    expect(await presence(club)).toEqual({ is: 'there', bot });
  });

  it.each([
    ['kicked', { basic: true }],
    ['kicked', {}],
    ['left', { basic: true }],
    ['left', {}],
  ] as const)('is gone where Telegram says that it was %s', async (status, kind) => {
    const club = on.people.group('Chess club', [ann], kind);
    club.members.set(BOT.id, status);
    expect(await presence(club)).toEqual({ is: 'gone', bot });
  });

  it('is gone from a group that everybody may read', async () => {
    const club = on.people.group('Chess club', [ann]);
    club.isPublic = true;
    club.members.set(BOT.id, 'left');
    expect(await presence(club)).toEqual({ is: 'gone', bot });
  });

  it('is gone from a group that was deleted', async () => {
    const club = on.people.group('Chess club', [ann], { basic: true });
    on.api.fault('getChatMember', forbidden('the group chat was deleted'), 1);
    expect(await presence(club)).toEqual({ is: 'gone', bot });
  });

  it.each([
    ['fails', serverError()],
    ['has a bad gateway', new Refusal(502, 'Bad Gateway')],
    ['is flooded', tooMany(60)],
    ['does not know the token', new Refusal(401, 'Unauthorized')],
    ['does not know the path', new Refusal(404, 'Not Found')],
    ['has lost the group, as a Bot API server without its files has', badRequest('chat not found')],
    ['says something new', badRequest('something else')],
    ['forbids something else', forbidden('not enough rights')],
  ])('is not known while Telegram %s', async (_, refusal) => {
    const club = on.people.group('Chess club', [ann]);
    on.api.fault('getChatMember', refusal, 9);
    expect(await presence(club)).toBeUndefined();
  });

  it('is not known if nobody answers, or if the token is unknown', async () => {
    const place = { platform: 'telegram', id: String(on.people.group('Chess club', [ann]).chat.id) } as const;
    const nobody = telegramCourier({ token: on.api.token, apiUrl: 'http://127.0.0.1:1' });
    expect(await nobody.presence?.(place)).toBeUndefined();
    const wrong = telegramCourier({ token: '1:wrong', apiUrl: on.api.url });
    expect(await wrong.presence?.(place)).toBeUndefined();
  });

  it('is the presence in the supergroup that a group became', async () => {
    const club = on.people.group('Chess club', [ann], { basic: true });
    const upgraded = on.people.upgrade(club);
    expect(await presence(club)).toEqual({ is: 'there', bot });
    upgraded.members.set(BOT.id, 'kicked');
    expect(await presence(club)).toEqual({ is: 'gone', bot });
  });
});
