import type { Api } from 'grammy';
import type { Update } from 'grammy/types';
import { Cause, causeOf } from '../../../cause.ts';
import type { Hearing } from '../../../health/hearing.ts';
import { pauseAfter, repeat } from '../../../timing/repeat.ts';
import { atMost } from '../../../timing/within.ts';
import { telegramFailure } from '../out/refusal.ts';
import { STOP_MS, UPDATES } from './updates.ts';

/** How long Telegram waits for news before it answers a poll, in seconds. */
const LONG_POLL_S = 25;
/**
 * The longest pause between polls while an update is still being handled. Telegram then answers
 * each poll at once, with that update, because it is not confirmed.
 */
const UNDER_WAY_MS = 200;
/** The pauses between polls while they fail. */
const WITHOUT_UPDATES = { firstMs: 500, longestMs: 30_000 };
/**
 * After this long without a conflict, another program that polled with the same token counts as
 * gone. Before that, the two programs take turns.
 */
const CONFLICT_MS = 60_000;

/**
 * Polls Telegram for updates. An update is confirmed only when `take` has resolved for it and for
 * all before it. Later updates are handled while a slow one goes on. `take` rejects only when the
 * bot stops before the update is done. When Telegram refuses the token for good, polling ends by
 * itself and tells `hearing`.
 */
export function poll(
  api: Api,
  take: (update: Update) => Promise<void>,
  hearing: Hearing,
  conflictMs = CONFLICT_MS,
): AsyncDisposable {
  const stopping = new AbortController();
  const underWay = new Map<number, Promise<unknown>>();
  let next = 0;
  const offset = () => Math.min(next, ...underWay.keys());

  async function once(isHeard: boolean): Promise<void> {
    // The first poll does not wait for news. Its answer shows that Telegram is reached, and that
    // must not take 25 s.
    const timeout = underWay.size > 0 || !isHeard ? 0 : LONG_POLL_S;
    const updates = await api.getUpdates(
      { offset: offset(), timeout, limit: 100, allowed_updates: UPDATES },
      // grammY's types ask for the signal of an older polyfill. Node's own signal does the same.
      stopping.signal as Parameters<Api['getUpdates']>[1],
    );
    for (const update of updates) {
      const id = update.update_id;
      next = Math.max(next, id + 1);
      if (underWay.has(id)) continue;
      const taken = take(update).then(
        () => void underWay.delete(id),
        () => undefined,
      );
      underWay.set(id, taken);
    }
    if (underWay.size > 0) await atMost(UNDER_WAY_MS, Promise.all(underWay.values()));
  }

  const loop = (async () => {
    let isHeard = false;
    let isRefused = false;
    let conflicts = 0;
    let conflictAt = Number.NEGATIVE_INFINITY;
    const takeNext = async () => {
      await once(isHeard);
      isHeard = true;
      if (Date.now() - conflictAt < conflictMs) return;
      conflicts = 0;
      hearing.heard();
    };
    const pause = (error: unknown, attempt: number) => {
      if (stopping.signal.aborted) return undefined;
      const cause = causeOf(telegramFailure(error)) ?? new Cause('telegram_unreachable', { cause: error });
      isHeard = false;
      isRefused = !hearing.lost(cause);
      if (cause.code === 'telegram_conflict') {
        conflicts += 1;
        conflictAt = Date.now();
      }
      return isRefused ? undefined : pauseAfter(Math.max(attempt, conflicts), WITHOUT_UPDATES);
    };
    // A stop and a refused token make `repeat` reject. Both end the loop, and `hearing` knows of
    // the refused token.
    while (!stopping.signal.aborted && !isRefused)
      await repeat(takeNext, pause, stopping.signal).catch(() => undefined);
  })();

  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await loop;
      await atMost(STOP_MS, Promise.all(underWay.values()));
      // This confirms the handled updates. It may bring further updates, which the next start
      // handles.
      await api.getUpdates({ offset: offset(), limit: 1, timeout: 0 }).catch(() => undefined);
    },
  };
}
