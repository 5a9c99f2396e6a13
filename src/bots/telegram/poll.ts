import type { Api } from 'grammy';
import type { Update } from 'grammy/types';
import { Cause, causeOf } from '../../cause.ts';
import type { Hearing } from '../../health/hearing.ts';
import { pauseAfter, repeat } from '../../timing/repeat.ts';
import { atMost } from '../../timing/within.ts';
import { telegramFailure } from './refusal.ts';
import { STOP_MS, UPDATES } from './updates.ts';

/** Seconds that Telegram holds a poll open when there is nothing new. */
const LONG_POLL_S = 25;
/** While an update is still being taken in, Telegram would answer at once with it again: so new ones are asked for this often. */
const UNDER_WAY_MS = 200;
/** While Telegram gives none. */
const WITHOUT_UPDATES = { firstMs: 500, longestMs: 30_000 };
/** Two programs that poll with one token take turns: only after so long without a conflict is the other one gone. */
const CONFLICT_MS = 60_000;

/**
 * Long polling that confirms an update only once `take` has resolved for it and for all before it, and still takes in what comes
 * after a slow one. `take` rejects only when it was left undone because the bot stops. Ends by itself, heard of by `hearing`, when
 * Telegram refuses the token for good.
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
    // Whether Telegram is heard at all must not take 25 s to find out.
    const timeout = underWay.size > 0 || !isHeard ? 0 : LONG_POLL_S;
    const updates = await api.getUpdates(
      { offset: offset(), timeout, limit: 100, allowed_updates: UPDATES },
      // grammY declares the signal of an older polyfill; Node's own does the same.
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
    // Whatever is under way fails by being stopped.
    while (!stopping.signal.aborted && !isRefused)
      await repeat(takeNext, pause, stopping.signal).catch(() => undefined);
  })();

  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await loop;
      await atMost(STOP_MS, Promise.all(underWay.values()));
      // Confirms what was taken in; what this call may bring is left for the next start.
      await api.getUpdates({ offset: offset(), limit: 1, timeout: 0 }).catch(() => undefined);
    },
  };
}
