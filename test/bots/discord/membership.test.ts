import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { discordCourier } from '../../../src/bots/discord/courier.ts';
import { type Bot, openClub } from './bot.ts';
import type { DiscordGuild, DiscordPerson } from './platform/world.ts';

const MEMBER = '/guilds/{guild_id}/members/{user_id}';

let bot: Bot;
let ann: DiscordPerson;
let club: DiscordGuild;

beforeEach(async () => {
  ({ bot, ann, club } = await openClub());
});

afterEach(async () => {
  await bot[Symbol.asyncDispose]();
  expect(bot.platform.violations).toEqual([]);
});

describe('membership', () => {
  const place = () => ({ platform: 'discord', id: club.id }) as const;
  const asked = () => bot.platform.requests.filter(({ template }) => template === MEMBER).length;

  it('of a member is asked once in ten minutes', async () => {
    expect(await bot.courier.membership(place(), ann.id)).toBe('member');
    expect(await bot.courier.membership(place(), ann.id)).toBe('member');
    expect(asked()).toBe(1);
  });

  it('brings the name that others see now, and the account’s name, which tells two people of one name apart', async () => {
    const handle = `account_${ann.id.slice(-4)}`;
    expect(bot.courier.nameNow?.(place(), ann.id)).toBeUndefined();
    bot.platform.names.set(ann.id, 'An\u202ena');
    await bot.courier.membership(place(), ann.id);
    expect(bot.courier.nameNow?.(place(), ann.id)).toEqual({ name: 'Anna', handle });
    expect(bot.courier.nameNow?.({ platform: 'discord', id: 'elsewhere' }, ann.id)).toBeUndefined();
  });

  it('of somebody who left is gone, and of somebody who came back is known at once', async () => {
    bot.platform.leave(club, ann);
    expect(await bot.courier.membership(place(), ann.id)).toBe('gone');
    club.members.add(ann.id);
    expect(await bot.courier.membership(place(), ann.id)).toBe('member');
  });

  it('is down when the server itself does not answer, whatever Discord says of the person', async () => {
    bot.platform.leave(club, ann);
    bot.platform.fault({ method: 'get', template: '/guilds/{guild_id}', status: 503, times: 9 });
    expect(await bot.courier.membership(place(), ann.id)).toBe('down');
  });

  it.each([
    [404, 10004, 'no_proof'],
    [404, 10013, 'no_proof'],
    [403, 50001, 'no_proof'],
    [403, 50013, 'no_proof'],
    [400, 50035, 'no_proof'],
    [401, 0, 'down'],
    [500, 0, 'down'],
    [503, 0, 'down'],
  ] as const)('on HTTP %i with code %i is "%s"', async (status, code, membership) => {
    bot.platform.fault({ method: 'get', template: MEMBER, status, code, times: 9 });
    expect(await bot.courier.membership(place(), ann.id)).toBe(membership);
  });

  it('of somebody unknown has no proof if the server gives the bot no access either', async () => {
    bot.platform.leave(club, ann);
    bot.platform.fault({ method: 'get', template: '/guilds/{guild_id}', status: 403, code: 50001, times: 9 });
    expect(await bot.courier.membership(place(), ann.id)).toBe('no_proof');
  });
});

describe('the bot’s own presence', () => {
  const presence = () => bot.courier.presence?.({ platform: 'discord', id: club.id });
  const is = (where: 'there' | 'gone') => ({ is: where, bot: bot.platform.application });
  const unknown = (status: number, code: number) =>
    bot.platform.fault({ method: 'get', template: '/guilds/{guild_id}', status, code, times: 9 });

  it('is there in a server that it is in', async () => {
    expect(await presence()).toEqual(is('there'));
  });

  it('is gone from a server that Discord neither knows nor lists for it', async () => {
    bot.platform.guild('Before and after', ann);
    bot.platform.guilds.delete(club.id);
    expect(await presence()).toEqual(is('gone'));
  });

  it('is gone when it was in only one server and left that', async () => {
    bot.platform.guilds.clear();
    expect(await presence()).toEqual(is('gone'));
  });

  it('is gone from a server that it cannot access and that Discord does not list', async () => {
    bot.platform.guilds.delete(club.id);
    unknown(403, 50001);
    expect(await presence()).toEqual(is('gone'));
  });

  it('is there in a server that Discord does not know, but lists', async () => {
    unknown(404, 10004);
    expect(await presence()).toEqual(is('there'));
  });

  it.each([
    [500, 0],
    [502, 0],
    [401, 0],
    [403, 0],
    [404, 0],
    [403, 50013],
    [404, 10003],
  ])('is not known on HTTP %i with code %i', async (status, code) => {
    bot.platform.guilds.delete(club.id);
    unknown(status, code);
    expect(await presence()).toBeUndefined();
  });

  it.each([
    ['cannot be had', { status: 503 }],
    ['is not for this token', { status: 401 }],
    ['is none', { status: 200, json: null }],
  ])('is not known while the list of its servers %s', async (_, fault) => {
    bot.platform.guilds.delete(club.id);
    bot.platform.fault({ method: 'get', template: '/users/@me/guilds', times: 9, ...fault });
    expect(await presence()).toBeUndefined();
  });

  it('is not known to a token that Discord does not know', async () => {
    bot.platform.guilds.delete(club.id);
    const wrong = discordCourier({ token: 'MTIz.wrong', apiUrl: bot.platform.apiUrl });
    expect(await wrong.presence?.({ platform: 'discord', id: club.id })).toBeUndefined();
  });
});
