import { vi } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { listenTelegram, type TransportPatience, type Webhook } from '../../../src/bots/telegram/listener.ts';
import { telegramCourier } from '../../../src/bots/telegram/out/courier.ts';
import type { Ask, Press } from '../../../src/chat/ask.ts';
import type { Chat } from '../../../src/chat/chat.ts';
import type { Declaration } from '../../../src/chat/command.ts';
import type { Reply } from '../../../src/chat/reply.ts';
import type { Person, Place } from '../../../src/consent/who.ts';
import { Failure } from '../../../src/failure.ts';
import { type WatchedHearing, watchHearing } from '../../../src/health/hearing.ts';
import { openLog } from '../../../src/log.ts';
import { type People, peopleOf } from './platform/people.ts';
import { type BotApi, startBotApi } from './platform/server.ts';

/** Replaces the real chat: it notes what it gets, and answers what a test wants. */
interface NotedChat extends Chat {
  readonly asks: Ask[];
  readonly presses: Press[];
  readonly parked: Ask[];
  /** How long each of `parked` may wait. */
  readonly parkedMs: number[];
  /** The asks of people who opened the private chat by a signpost's link. */
  readonly goneOn: Ask[];
  readonly left: Chat['left'];
  refusal: Chat['refusal'];
  readonly events: (readonly [string, ...(Place | Person)[]])[];
  /** The answer to an ask or press; default: a plain sentence. */
  answer: (request: Ask | Press) => Promise<readonly Reply[]> | readonly Reply[];
}

export interface Stage extends AsyncDisposable {
  readonly api: BotApi;
  readonly people: People;
  readonly chat: NotedChat;
  readonly hearing: WatchedHearing;
  readonly onUnheard: ReturnType<typeof vi.fn<() => void>>;
  readonly listener: AsyncDisposable;
  /** Stops the listener and starts another one, as when the bot's process is restarted. */
  readonly restart: (commands?: readonly Declaration[]) => Promise<void>;
}

export const quiet = openLog('silent');
export const said = (text: string): Reply[] => [{ kind: 'info', text }];

/** The real bot on a loopback Telegram, with a stand-in for the chat. */
export async function stage(
  options: { readonly webhook?: Webhook; readonly patience?: TransportPatience } = {},
): Promise<Stage> {
  const api = await startBotApi();
  const access = { token: api.token, apiUrl: api.url };
  const courier = telegramCourier(access);
  const chat = notedChat(async (request, replies) => {
    try {
      await courier.answer(request.address, replies);
    } catch (error) {
      // Like the real chat, drops an answer whose address is dead.
      if (!(error instanceof Failure) || error.code !== 'expired') throw error;
    }
  });
  const hearing = watchHearing({ platform: 'telegram', log: quiet, now: Date.now, onRefused: () => {} });
  const onUnheard = vi.fn<() => void>();
  const start = (commands: readonly Declaration[] = COMMANDS) =>
    listenTelegram({ ...access, chat, commands, courier, log: quiet, hearing, onUnheard, ...options });
  let listener = await start();
  return {
    api,
    people: peopleOf(api),
    chat,
    hearing,
    onUnheard,
    get listener() {
      return listener;
    },
    async restart(commands) {
      await listener[Symbol.asyncDispose]();
      listener = await start(commands);
    },
    async [Symbol.asyncDispose]() {
      api.updates.stop();
      await listener[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}

function notedChat(deliver: (request: Ask | Press, replies: readonly Reply[]) => Promise<void>): NotedChat {
  const events: (readonly [string, ...(Place | Person)[]])[] = [];
  const chat: NotedChat = {
    asks: [],
    presses: [],
    parked: [],
    parkedMs: [],
    goneOn: [],
    events,
    answer: () => said('An answer.'),
    async ask(ask) {
      chat.asks.push(ask);
      await deliver(ask, await chat.answer(ask));
    },
    async press(press) {
      chat.presses.push(press);
      await deliver(press, await chat.answer(press));
    },
    note: async () => {},
    drop: async () => {},
    refusal: async () => undefined,
    onlyPlace: async () => undefined,
    enrolsAt: async () => undefined,
    invitation: async () => ({ text: 'Join.', label: 'Enrol me', locale: 'en' }),
    notice: async () => ({ version: 1, hash: '', retentionDays: 365, text: '' }),
    async park(ask, forMs) {
      chat.parked.push(ask);
      chat.parkedMs.push(forMs);
    },
    async goOn(ask) {
      chat.goneOn.push(ask);
      await deliver(ask, await chat.answer(ask));
    },
    left: async (...about) => void events.push(['left', ...about]),
    removed: async (...about) => void events.push(['removed', ...about]),
    deleteShown: async () => 'not_yours',
    moved: async (...about) => void events.push(['moved', ...about]),
  };
  return chat;
}
