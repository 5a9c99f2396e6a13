import { expect, vi } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { discordCourier } from '../../../src/bots/discord/courier.ts';
import {
  type DiscordListener,
  type DiscordListenerOptions,
  listenDiscord,
} from '../../../src/bots/discord/listener.ts';
import type { Ask, Press } from '../../../src/chat/ask.ts';
import type { Chat } from '../../../src/chat/chat.ts';
import type { Courier } from '../../../src/chat/courier.ts';
import type { Reply } from '../../../src/chat/reply.ts';
import { type WatchedHearing, watchHearing } from '../../../src/health/hearing.ts';
import type { Log } from '../../../src/log.ts';
import { openPlatform, type Platform, type PlatformOptions } from './platform/platform.ts';
import { TEXT } from './platform/reading.ts';
import type { DiscordGuild, DiscordPerson } from './platform/world.ts';

export const NOTICE = { version: 1, hash: 'a'.repeat(64), text: 'May I remember your face for' };

/**
 * The real listener and courier on a loopback Discord, with a chat that notes what it gets and says
 * what it is told.
 */
export interface Bot extends AsyncDisposable {
  readonly platform: Platform;
  readonly listener: DiscordListener;
  readonly hearing: WatchedHearing;
  readonly courier: Courier;
  readonly asks: Ask[];
  readonly presses: Press[];
  readonly left: ReturnType<typeof vi.fn<Chat['left']>>;
  readonly removed: ReturnType<typeof vi.fn<Chat['removed']>>;
  readonly log: { readonly [level in keyof Log]: ReturnType<typeof vi.fn<Log[level]>> };
  readonly onUnheard: ReturnType<typeof vi.fn<() => void>>;
  /** Gives the chat's answers from now on. If it gives undefined, the chat does not answer. */
  says: (ask: Ask | Press) => readonly Reply[] | undefined | Promise<readonly Reply[] | undefined>;
  /** Runs whenever the chat notes a request, which is noted once this resolves. */
  notes: () => Promise<void>;
}

export interface BotOptions extends PlatformOptions {
  readonly listener?: Partial<DiscordListenerOptions>;
  /** Called before the bot starts. */
  readonly prepare?: (platform: Platform) => void;
}

/** Matches a message of components, or its JSON, if one whole text in it is `content`. */
export function reading(content: unknown) {
  return { components: expect.arrayContaining([{ type: TEXT, content }]) };
}

export const hello: readonly Reply[] = [{ kind: 'info', text: 'Hello.' }];

export async function openBot({ listener: changed, prepare, ...platformOptions }: BotOptions = {}): Promise<Bot> {
  const platform = await openPlatform(platformOptions);
  prepare?.(platform);
  const level = () => vi.fn<Log['info']>();
  const log = { debug: level(), info: level(), warn: level(), error: level() };
  const courier = discordCourier(platform);
  const asks: Ask[] = [];
  const presses: Press[] = [];
  const answer = async (ask: Ask | Press) => {
    const replies = await bot.says(ask);
    if (replies) await courier.answer(ask.address, replies);
  };
  const chat = {
    ask: async (ask: Ask) => {
      asks.push(ask);
      await answer(ask);
    },
    press: async (press: Press) => {
      presses.push(press);
      await answer(press);
    },
    note: () => bot.notes(),
    drop: async () => {},
    refusal: async () => undefined,
    onlyPlace: async () => undefined,
    enrolsAt: async () => undefined,
    invitation: async () => ({ text: 'Join.', label: 'Enrol me', locale: 'en' }),
    notice: async () => ({ ...NOTICE, retentionDays: 365 }),
    park: vi.fn<Chat['park']>(),
    goOn: vi.fn<Chat['goOn']>(),
    left: vi.fn<Chat['left']>(async () => {}),
    removed: vi.fn<Chat['removed']>(async () => {}),
    moved: vi.fn<Chat['moved']>(),
    deleteShown: async () => 'not_yours',
  } satisfies Chat;
  const hearing = watchHearing({ platform: 'discord', log, now: Date.now, onRefused: () => {} });
  const enrolNotice = async () => NOTICE;
  const onUnheard = vi.fn<() => void>();
  const options = { ...platform, chat, commands: COMMANDS, log, hearing, enrolNotice, onUnheard, ...changed };
  const listener = await listenDiscord(options).catch(async (error) => {
    await platform[Symbol.asyncDispose]();
    throw error;
  });
  const bot: Bot = {
    platform,
    listener,
    hearing,
    courier,
    asks,
    presses,
    left: chat.left,
    removed: chat.removed,
    log,
    onUnheard,
    says: () => hello,
    notes: async () => {},
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      await platform[Symbol.asyncDispose]();
    },
  };
  return bot;
}

/** A bot in a server called "Chess club", with Ann as its only member. */
export interface ClubBot {
  readonly bot: Bot;
  readonly ann: DiscordPerson;
  readonly club: DiscordGuild;
}

/** Starts the bot. `prepare` runs before the start, when the server and Ann exist. */
export async function openClub({ prepare, ...options }: BotOptions = {}): Promise<ClubBot> {
  const world = Promise.withResolvers<Omit<ClubBot, 'bot'>>();
  const bot = await openBot({
    ...options,
    prepare(platform) {
      const ann = platform.person('Ann');
      world.resolve({ ann, club: platform.guild('Chess club', ann) });
      prepare?.(platform);
    },
  });
  return { bot, ...(await world.promise) };
}
