import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from 'grammy';
import { Cause, causeOf } from '../../../cause.ts';
import type { Hearing } from '../../../health/hearing.ts';
import { telegramFailure } from '../out/refusal.ts';

/**
 * The pause between two looks. A webhook is silent when nobody writes, and when nothing reaches it.
 * Only Telegram knows which of the two it is.
 */
const LOOK_MS = 30_000;
/**
 * How many seconds a failed delivery counts. When the last failure is older, later deliveries have
 * succeeded, or there were none.
 */
const FRESH_S = 120;

/** Asks Telegram about deliveries to the webhook at `url` until disposed, and tells `hearing`. */
export function watchWebhook(api: Api, url: string, hearing: Hearing, lookMs = LOOK_MS): AsyncDisposable {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = (async () => {
    while (!signal.aborted) {
      const cause = await trouble(api, url);
      if (signal.aborted) return;
      if (!cause) hearing.heard();
      else if (!hearing.lost(cause)) return;
      await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await loop;
    },
  };
}

async function trouble(api: Api, url: string): Promise<Cause | undefined> {
  try {
    const info = await api.getWebhookInfo();
    if (info.url !== url) return new Cause('telegram_conflict');
    const isFresh = Date.now() / 1000 - (info.last_error_date ?? 0) < FRESH_S;
    return isFresh && info.pending_update_count > 0 ? new Cause('telegram_webhook') : undefined;
  } catch (error) {
    const failure = telegramFailure(error);
    return causeOf(failure) ?? new Cause('telegram_unreachable', { cause: failure });
  }
}
