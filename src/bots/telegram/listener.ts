import { type Api, Bot, BotError } from 'grammy';
import type { Update } from 'grammy/types';
import type { Chat } from '../../chat/chat.ts';
import type { Declaration } from '../../chat/command.ts';
import type { Courier } from '../../chat/courier.ts';
import type { Hearing } from '../../health/hearing.ts';
import { errorFields, type Log } from '../../log.ts';
import { inOrder } from './in/order.ts';
import { persistently } from './in/persist.ts';
import { poll } from './in/poll.ts';
import { noteReceipts } from './in/receipts.ts';
import { routes, said } from './in/routes.ts';
import { UPDATES } from './in/updates.ts';
import { serveWebhook } from './in/webhook.ts';
import { watchWebhook } from './in/webhook-watch.ts';
import { adminAdvice, isAdminThere } from './out/advice.ts';
import { clientOptions, type TelegramAccess, telegramApi } from './out/api.ts';
import { setMenus } from './out/menu.ts';
import { setProfile } from './out/profile.ts';
import { startFailure, telegramFailure } from './out/refusal.ts';
import { signposts } from './out/signpost.ts';

/**
 * The address to which Telegram posts updates, its secret, and the local port behind it (0 for
 * any).
 */
export interface Webhook {
  readonly url: string;
  readonly secret: string;
  readonly port: number;
}

export interface TelegramOptions extends TelegramAccess {
  /** How updates come. Without it, the bot polls. */
  readonly webhook?: Webhook | undefined;
  readonly chat: Chat;
  readonly commands: readonly Declaration[];
  readonly courier: Courier;
  readonly log: Log;
  readonly hearing: Hearing;
  /** Called for each update that was given up. */
  readonly onUnheard: () => void;
  readonly patience?: TransportPatience;
}

/** How soon trouble with polling or the webhook is noticed. A test uses shorter times. */
export interface TransportPatience {
  /** The pause between two checks of the webhook. */
  readonly webhookLookMs?: number;
  /** After this long without a conflict over the token, no other program counts as using it. */
  readonly conflictMs?: number;
}

/**
 * Listens to messages to the bot. An update is confirmed to Telegram once the chat has it. When the
 * bot stops, running updates get some time to end. The webhook stays set, and Telegram keeps later
 * updates for a day.
 * @throws Failure `unavailable`, with the Cause, when Telegram does not know the token, refuses the
 * webhook, or is not reached
 */
export async function listenTelegram(options: TelegramOptions): Promise<AsyncDisposable> {
  const { token, webhook, chat, commands, courier, log, hearing, onUnheard, patience = {} } = options;
  const api = telegramApi(options);
  const me = await api.getMe().catch((error) => Promise.reject(startFailure(error)));
  const bot = new Bot(token, { client: clientOptions(options), botInfo: me });
  const receipts = noteReceipts();
  const isAdmin = (group: number) => isAdminThere(api, me.id, group);
  const signs = { advice: adminAdvice(courier, isAdmin), signposts: signposts(api, me.username, isAdmin) };
  const context = { api, me, chat, commands, courier, receipts, ...signs };
  bot.use(routes(context));
  // The bot works even without menus and a profile.
  await setMenus(api, commands).catch((error) => log.warn('menus not set', errorFields(telegramFailure(error))));
  await setProfile(api, commands).catch((error) => log.warn('profile not set', errorFields(telegramFailure(error))));

  const stopped = new AbortController();
  const handle = inOrder({
    single: (update) => takeIn(bot.handleUpdate(update), { log, onUnheard }),
    album: (parts) => takeIn(said(context, parts), { log, onUnheard }),
  });
  const take = (update: Update) => {
    receipts.note(update.update_id);
    return handle(update);
  };
  const persist = persistently(take, { log, onUnheard }, stopped.signal);
  const transport = webhook
    ? await openWebhook(api, webhook, { take, persist, log }, hearing, patience.webhookLookMs)
    : await openPolling(api, persist, hearing, patience.conflictMs);
  return {
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await transport[Symbol.asyncDispose]();
    },
  };
}

type Told = Pick<TelegramOptions, 'log' | 'onUnheard'>;

/**
 * Waits until an update is handled. Rejects only with a failure that another try may mend. After
 * any other error it drops the update and logs the error, because further tries would only delay
 * later updates.
 */
async function takeIn(handled: Promise<void>, { log, onUnheard }: Told): Promise<void> {
  try {
    await handled;
  } catch (error) {
    const cause = error instanceof BotError ? error.error : error;
    const failure = telegramFailure(cause);
    if (failure.again) throw failure;
    log.error('update dropped', errorFields(cause));
    onUnheard();
  }
}

async function openWebhook(
  api: Api,
  webhook: Webhook,
  takers: Parameters<typeof serveWebhook>[1],
  hearing: Hearing,
  lookMs: number | undefined,
): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.use(await serveWebhook(webhook, takers));
  try {
    await api.setWebhook(webhook.url, { secret_token: webhook.secret, allowed_updates: UPDATES });
  } catch (error) {
    throw startFailure(error);
  }
  stack.use(watchWebhook(api, webhook.url, hearing, lookMs));
  return stack.move();
}

/**
 * Begins to poll. First it deletes the webhook, because Telegram answers no polls while one is set.
 */
async function openPolling(
  api: Api,
  persist: (update: Update) => Promise<void>,
  hearing: Hearing,
  conflictMs: number | undefined,
): Promise<AsyncDisposable> {
  await api.deleteWebhook().catch((error) => Promise.reject(startFailure(error)));
  return poll(api, persist, hearing, conflictMs);
}
