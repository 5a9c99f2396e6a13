import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from 'grammy';
import type { Update } from 'grammy/types';
import { errorFields, type Log } from '../../log.ts';
import { telegramFailure } from './refusal.ts';
import { UPDATES } from './updates.ts';

/** Seconds that Telegram holds a poll open when there is nothing new. */
const LONG_POLL_S = 25;
/** While an update is still being taken in, Telegram would answer at once with it again: so new ones are asked for this often. */
const PAUSE_MS = 200;
const MAX_BACK_OFF_MS = 30_000;
/** Updates under way get this long when the bot stops; what is not confirmed comes again at the next start. */
const STOP_MS = 10_000;

/**
 * Long polling that confirms an update only once `take` has resolved for it and for all before it, and still takes in what comes
 * after a slow one. `take` rejects only when it was left undone because the bot stops.
 */
export function poll(api: Api, take: (update: Update) => Promise<void>, log: Log): AsyncDisposable {
  const stopping = new AbortController();
  const underWay = new Map<number, Promise<unknown>>();
  let next = 0;
  const offset = () => Math.min(next, ...underWay.keys());

  async function once(): Promise<void> {
    const timeout = underWay.size > 0 ? 0 : LONG_POLL_S;
    const updates = await api.getUpdates(
      { offset: offset(), timeout, limit: 100, allowed_updates: UPDATES },
      // grammY declares the signal of an older polyfill; Node's own does the same.
      stopping.signal as unknown as Parameters<Api['getUpdates']>[1],
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
    if (underWay.size > 0) await Promise.race([Promise.all(underWay.values()), sleep(PAUSE_MS)]);
  }

  const loop = (async () => {
    for (let backOff = 500; !stopping.signal.aborted; ) {
      try {
        await once();
        backOff = 500;
      } catch (error) {
        if (stopping.signal.aborted) return;
        log.warn('Telegram gave no updates', errorFields(telegramFailure(error)));
        await sleep(backOff, undefined, { signal: stopping.signal }).catch(() => undefined);
        backOff = Math.min(backOff * 2, MAX_BACK_OFF_MS);
      }
    }
  })();

  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await loop;
      await Promise.race([Promise.all(underWay.values()), sleep(STOP_MS, undefined, { ref: false })]);
      // Confirms what was taken in; what this call may bring is left for the next start.
      await api.getUpdates({ offset: offset(), limit: 1, timeout: 0 }).catch(() => undefined);
    },
  };
}
