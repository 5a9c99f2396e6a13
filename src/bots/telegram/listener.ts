import { type Api, Bot, BotError, GrammyError } from 'grammy';
import type { Update } from 'grammy/types';
import type { Chat } from '../../chat/chat.ts';
import type { Declaration } from '../../chat/command.ts';
import type { Courier } from '../../chat/courier.ts';
import { errorFields, type Log } from '../../log.ts';
import { clientOptions, type TelegramAccess, telegramApi } from './api.ts';
import { setMenus } from './menu.ts';
import { inOrder } from './order.ts';
import { persistently } from './persist.ts';
import { poll } from './poll.ts';
import { telegramFailure } from './refusal.ts';
import { routes } from './routes.ts';
import { UPDATES } from './updates.ts';
import { serveWebhook } from './webhook.ts';

/** Where Telegram posts updates, with which secret, and the port here (0: any) that they are led to. */
export interface Webhook {
  readonly url: string;
  readonly secret: string;
  readonly port: number;
}

export interface TelegramOptions extends TelegramAccess {
  /** Without it: long polling. */
  readonly webhook?: Webhook | undefined;
  readonly chat: Chat;
  readonly commands: readonly Declaration[];
  readonly courier: Courier;
  readonly log: Log;
}

export interface TelegramListener extends AsyncDisposable {
  /** The bot's name, without @. */
  readonly username: string;
  /** The port that the webhook is served on; undefined when polling. */
  readonly webhookPort: number | undefined;
}

/**
 * Listens to what people send to the bot. An update is confirmed to Telegram once the chat has taken it in. Stopping lets what
 * is under way end, and leaves the webhook set: Telegram keeps what comes meanwhile for a day.
 * @throws Error that says what to do when Telegram does not know the token; Failure `unavailable` when it is not reached.
 */
export async function listenTelegram(options: TelegramOptions): Promise<TelegramListener> {
  const { token, webhook, chat, commands, courier, log } = options;
  const api = telegramApi(options);
  const me = await api.getMe().catch((error) => Promise.reject(explained(error)));
  const bot = new Bot(token, { client: clientOptions(options), botInfo: me });
  bot.use(routes({ api, me, chat, commands, courier }));
  // The bot works without its menus.
  await setMenus(api, commands).catch((error) => log.warn('menus not set', errorFields(telegramFailure(error))));

  const stopped = new AbortController();
  const take = inOrder((update) => takeIn(bot, update, log));
  const persist = persistently(take, log, stopped.signal);
  const transport = webhook
    ? await openWebhook(api, webhook, { take, persist, log })
    : await openPolling(api, persist, log);
  return {
    username: me.username,
    webhookPort: transport.port,
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await transport[Symbol.asyncDispose]();
    },
  };
}

function explained(error: unknown): Error {
  const isUnknown = error instanceof GrammyError && (error.error_code === 401 || error.error_code === 404);
  if (!isUnknown) return telegramFailure(error);
  return new Error(
    'Telegram does not know the token in TELEGRAM_TOKEN: take it anew from BotFather (/mybots, API Token)',
  );
}

/** Rejects with what passes by itself; what does not is our bug, and repeating the update would only hold up all others. */
async function takeIn(bot: Bot, update: Update, log: Log): Promise<void> {
  try {
    await bot.handleUpdate(update);
  } catch (error) {
    const cause = error instanceof BotError ? error.error : error;
    const failure = telegramFailure(cause);
    if (failure.again) throw failure;
    log.error('update dropped', errorFields(cause));
  }
}

interface Transport extends AsyncDisposable {
  readonly port: number | undefined;
}

async function openWebhook(api: Api, webhook: Webhook, takers: Parameters<typeof serveWebhook>[1]): Promise<Transport> {
  const server = await serveWebhook(webhook, takers);
  try {
    await api.setWebhook(webhook.url, { secret_token: webhook.secret, allowed_updates: UPDATES });
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw telegramFailure(error);
  }
  return server;
}

/** Telegram does not answer polls while a webhook is set. */
async function openPolling(api: Api, persist: (update: Update) => Promise<void>, log: Log): Promise<Transport> {
  await api.deleteWebhook().catch((error) => Promise.reject(telegramFailure(error)));
  return { port: undefined, ...poll(api, persist, log) };
}
