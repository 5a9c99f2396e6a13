import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api, type ApiClientOptions, HttpError, type Transformer } from 'grammy';
import { pauseAfter } from '../../../timing/repeat.ts';
import { TELEGRAM_API } from '../in/official.ts';
import { type Floods, floods } from './floods.ts';
import { networkCode } from './refusal.ts';

/** The access to Telegram. `apiUrl` is your own Bot API server; without it, Telegram's is used. */
export interface TelegramAccess {
  readonly token: string;
  readonly apiUrl?: string | undefined;
}

/** The root of the Bot API, without a slash at its end. */
export function apiRoot({ apiUrl }: TelegramAccess): string {
  return (apiUrl ?? TELEGRAM_API).replace(/\/+$/, '');
}

/**
 * The options for every grammY client. Every call ends after 40 s; a long poll waits 25 s. The
 * client uses Node's own agents in place of the library's. Only Node's agents go through the proxy,
 * if there is one.
 */
export function clientOptions(access: TelegramAccess): ApiClientOptions {
  const root = apiRoot(access);
  const agent = root.startsWith('https:') ? https.globalAgent : http.globalAgent;
  return { apiRoot: root, timeoutSeconds: 40, baseFetchConfig: { agent, compress: true } };
}

/**
 * A client that tries again, within limits, when a call fails or Telegram asks it to wait. When
 * `signal` aborts, its running calls end and it makes no more. With `sendsOnce` it sends no message
 * again after a server's error, because the message may be there already.
 */
export function telegramApi(access: TelegramAccess, signal?: AbortSignal, { sendsOnce } = { sendsOnce: false }): Api {
  const api = new Api(access.token, clientOptions(access));
  const known = flooded.get(access) ?? floods();
  flooded.set(access, known);
  api.config.use(patience(known, signal, sendsOnce));
  return api;
}

/**
 * The floods that are known. A flood is a time in which Telegram accepts no calls about a chat. All
 * clients with the same access share them.
 */
const flooded = new WeakMap<TelegramAccess, Floods>();

/**
 * How long a call waits at most when Telegram asks it to wait. If Telegram asks for more, the call
 * fails, and the queue tries again later: its jobs may wait longer, and hold up nobody meanwhile.
 */
const MAX_FLOOD_WAIT_S = 10;
const MAX_ATTEMPTS = 4;
/** The pauses after a server's error, or a lost connection. */
const TROUBLE = { firstMs: 200, longestMs: 800 };

function isSending(method: string): boolean {
  return /^(send|copy|forward)/.test(method);
}

/**
 * Calls that get only one try. Most only show people that something arrived or goes on, which is
 * worth no second try. `getUpdates` is repeated by the poll itself.
 */
const NEVER_REPEATED = new Set(['getUpdates', 'answerCallbackQuery', 'setMessageReaction', 'sendChatAction']);

/**
 * Repeats a call after a short flood wait, a server's error, or a lost connection, until `signal`
 * aborts. If sending a message got no answer, the message may be there already. It is sent again
 * only when the connection was refused, so that nobody sees it twice. During a chat's flood, no
 * call about it reaches Telegram.
 */
function patience(known: Floods, signal: AbortSignal | undefined, sendsOnce: boolean): Transformer {
  // grammY's types ask for the signal of an older polyfill. Node's own signal does the same.
  const ours = signal as Parameters<Transformer>[3];
  // When `signal` ends the pause early, the next try fails before it reaches Telegram.
  const pause = (ms: number) => sleep(ms, undefined, signal && { signal }).catch(() => {});

  return async (prev, method, payload, theirs = ours) => {
    if (NEVER_REPEATED.has(method)) return await prev(method, payload, theirs);
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt === MAX_ATTEMPTS;
      const backOff = pauseAfter(attempt, TROUBLE);
      const chat = chatOf(payload);
      const leftMs = chat === undefined ? 0 : known.leftMs(chat);
      if (leftMs > MAX_FLOOD_WAIT_S * 1000) return refusedAhead(Math.ceil(leftMs / 1000));
      if (leftMs > 0) await pause(leftMs);
      try {
        const response = await prev(method, payload, theirs);
        if (response.ok) return response;
        const seconds = response.parameters?.retry_after;
        if (seconds !== undefined && chat !== undefined) known.note(chat, seconds);
        if (isLast || (sendsOnce && isSending(method) && response.error_code >= 500)) return response;
        const wait = response.error_code >= 500 ? backOff : (seconds ?? Infinity) * 1000;
        if (wait > MAX_FLOOD_WAIT_S * 1000) return response;
        await pause(wait);
      } catch (error) {
        const isSafe = !isSending(method) || (error instanceof HttpError && networkCode(error) === 'ECONNREFUSED');
        if (isLast || !isSafe || theirs?.aborted) throw error;
        await pause(backOff);
      }
    }
  };
}

/** The chat of a call; undefined for calls without one. */
function chatOf(payload: object): string | undefined {
  return 'chat_id' in payload ? String(payload.chat_id) : undefined;
}

/** The answer that Telegram would give during a flood wait of this many more seconds. */
function refusedAhead(seconds: number) {
  const description = `Too Many Requests: retry after ${seconds}`;
  return { ok: false, error_code: 429, description, parameters: { retry_after: seconds } } as const;
}
