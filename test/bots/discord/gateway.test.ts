import { afterEach, describe, expect, it, vi } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { listenDiscord } from '../../../src/bots/discord/listener.ts';
import { wordsFor } from '../../../src/text/words.ts';
import { type Bot, type BotOptions, openBot, openClub, reading } from './bot.ts';
import { textOf } from './platform/reading.ts';
import type { DiscordGuild, DiscordPerson } from './platform/world.ts';

const GUILDS = 1;
const GUILDS_AND_MEMBERS = 3;
const REGISTER = '/applications/{application_id}/commands';

let bot: Bot;
let ann: DiscordPerson;
let club: DiscordGuild;

async function open(options: BotOptions = {}): Promise<Bot> {
  ({ bot, ann, club } = await openClub(options));
  return bot;
}

afterEach(async () => {
  await bot?.[Symbol.asyncDispose]();
  expect(bot.platform.violations).toEqual([]);
});

/** The options of one more listener for the same bot. */
const optionsOf = ({ platform, log, hearing }: Bot) => ({
  ...platform,
  log,
  hearing,
  chat: {} as never,
  commands: COMMANDS,
  enrolNotice: vi.fn(),
  onUnheard: vi.fn(),
  onNotMe: vi.fn(),
});

const registrations = () =>
  bot.platform.requests.filter(({ method, template }) => method === 'put' && template === REGISTER);

describe('starting', () => {
  it('asks for no privileged intent', async () => {
    const { listener, platform } = await open();
    expect(platform.gateway.intents()).toBe(GUILDS);
    expect(listener.commands).toBe('registered');
  });

  it('registers the commands by one name in all languages, with photo options for images, and where each may be used', async () => {
    await open();
    const anywhere = COMMANDS.filter(({ kind }) => kind === 'anywhere').map(({ name }) => name);
    const expected = [
      {
        name: 'enroll',
        name_localizations: null,
        description_localizations: { de: wordsFor('de').commands.enroll.what },
        options: ['photo', 'photo2', 'photo3'].map((name) => ({
          type: 11,
          name,
          required: false,
          file_types: ['image'],
        })),
        integration_types: [0],
        contexts: [0, 1],
      },
      {
        name: 'find',
        options: [{ name: 'photo', name_localizations: { de: 'foto' }, required: true }],
        integration_types: [0],
      },
      ...anywhere.map((name) => ({ name, integration_types: [0, 1], contexts: [0, 1, 2] })),
      { name: 'Find faces', type: 3, integration_types: [0] },
      { name: 'Am I in this?', name_localizations: { de: 'Bin ich darauf?' }, type: 3, integration_types: [0] },
    ];
    expect(anywhere).toEqual(expect.arrayContaining(['forget', 'mydata', 'privacy', 'help']));
    const registered = registrations()[0]?.body as { readonly name: string }[];
    expect(registered).toHaveLength(COMMANDS.length + 2);
    for (const command of expected) expect(registered.find(({ name }) => name === command.name)).toMatchObject(command);
  });

  it('registers nothing again on the second start, and again when a command is missing or changed', async () => {
    const { platform } = await open();
    const again = optionsOf(bot);
    const second = await listenDiscord(again);
    expect(second.commands).toBe('unchanged');
    await second[Symbol.asyncDispose]();
    expect(registrations()).toHaveLength(1);

    platform.fault({ method: 'get', template: REGISTER, status: 200, times: 1, json: [{ name: 'old', type: 1 }] });
    const third = await listenDiscord(again);
    expect(third.commands).toBe('registered');
    await third[Symbol.asyncDispose]();
  });

  it('works although the commands could not be registered', async () => {
    await open({
      prepare: (platform) => platform.fault({ method: 'put', template: REGISTER, status: 400, code: 30034, times: 1 }),
    });
    expect(bot.listener.commands).toBe('failed');
    expect(textOf(await bot.platform.slash({ person: ann, guild: club }, 'help').answer())).toBe('Hello.');
  });

  it('with a wrong token fails and says what to do', async () => {
    await open();
    await expect(listenDiscord({ ...optionsOf(bot), token: 'wrong' })).rejects.toMatchObject({
      code: 'unavailable',
      cause: { message: expect.stringMatching(/DISCORD_TOKEN/) },
    });
  });

  it('explains close code 4014 when Discord takes the members intent back', async () => {
    bot = await openBot({ allowsPrivileged: true });
    bot.platform.forbidPrivileged();
    const options = optionsOf(bot);
    await expect(listenDiscord(options)).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/Server Members Intent.*4014/) },
    });
  });
});

describe('a connection that drops', () => {
  it.each([
    ['is cut', (gateway: Bot['platform']['gateway']) => gateway.drop()],
    ['is closed with 4000', (gateway: Bot['platform']['gateway']) => gateway.drop(4000)],
    ['is to be renewed (op 7)', (gateway: Bot['platform']['gateway']) => gateway.reconnect()],
  ])('and %s in the middle of a job is resumed, and nothing is lost', async (_, drop) => {
    const { platform } = await open();
    const gate = Promise.withResolvers<void>();
    bot.says = async () => {
      await gate.promise;
      return [{ kind: 'info', text: 'Found.' }];
    };
    const before = platform.slash({ person: ann, guild: club }, 'find', [platform.attach(Buffer.from('a'))]);
    await before.acknowledged();
    drop(platform.gateway);
    const during = platform.slash({ person: ann, guild: club }, 'privacy');
    gate.resolve();
    expect(textOf(await before.answer())).toBe('Found.');
    expect(textOf(await during.answer())).toBe('Found.');
    expect([before.edits, during.edits]).toEqual([1, 1]);
    await vi.waitFor(() => expect(platform.gateway.counts).toEqual({ identified: 1, resumed: 1 }), 240_000);
  });

  it('whose session is over identifies again', async () => {
    const { platform } = await open();
    platform.gateway.invalidate();
    await vi.waitFor(() => expect(platform.gateway.counts.identified).toBe(2), 240_000);
    expect(textOf(await platform.slash({ person: ann, guild: club }, 'help').answer())).toBe('Hello.');
  });

  it('tells of the people who left meanwhile', async () => {
    const { platform } = await open({ allowsPrivileged: true });
    platform.gateway.drop();
    platform.leave(club, ann);
    await vi.waitFor(() => expect(bot.left).toHaveBeenCalled(), 240_000);
  });
});

describe('who leaves', () => {
  const place = () => ({ platform: 'discord', id: club.id });

  it('is erased at once if the portal allows the members intent', async () => {
    const { platform } = await open({ allowsPrivileged: true });
    expect(platform.gateway.intents()).toBe(GUILDS_AND_MEMBERS);
    platform.leave(club, ann);
    await vi.waitFor(
      () => expect(bot.left).toHaveBeenCalledExactlyOnceWith(place(), expect.objectContaining({ id: ann.id })),
      240_000,
    );
  });

  it('is never missed: no bot starts that Discord did not tell whether it hears of them', async () => {
    bot = await openBot({ allowsPrivileged: true });
    const { platform } = bot;
    platform.fault({ method: 'get', template: '/applications/@me', status: 500, times: 10 });
    const options = optionsOf(bot);
    await expect(listenDiscord(options)).rejects.toMatchObject({ code: 'unavailable' });
    expect(platform.gateway.counts.identified).toBe(1);
  });

  it('is everybody when the bot itself was removed', async () => {
    const { platform } = await open();
    platform.gateway.dispatch('GUILD_DELETE', { id: club.id });
    await vi.waitFor(() => expect(bot.removed).toHaveBeenCalledExactlyOnceWith(place()), 240_000);
  });

  it('is nobody in an outage', async () => {
    const { platform } = await open();
    platform.gateway.dispatch('GUILD_DELETE', { id: club.id, unavailable: true });
    await platform.slash({ person: ann, guild: club }, 'help').answer();
    expect(bot.removed).not.toHaveBeenCalled();
  });
});

it('a stop first passes on the interactions that are under way', async () => {
  const { platform, listener } = await open();
  const gate = Promise.withResolvers<void>();
  bot.says = async () => {
    await gate.promise;
    return [{ kind: 'info', text: 'Still here.' }];
  };
  const exchange = platform.slash({ person: ann, guild: club }, 'help');
  await exchange.acknowledged();
  await vi.waitFor(() => expect(bot.asks).toHaveLength(1), 240_000);
  const stopped = listener[Symbol.asyncDispose]();
  gate.resolve();
  await stopped;
  expect(exchange.original).toMatchObject(reading('Still here.'));
});
