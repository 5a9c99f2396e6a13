import { setTimeout as sleep } from 'node:timers/promises';
import type { Update } from 'grammy/types';
import { errorFields, type Log } from '../../log.ts';

/** An update that could not be taken in for this long is given up: by then its sender has tried again or left. */
const GIVE_UP_MS = 10 * 60_000;
const MAX_BACK_OFF_MS = 20_000;

/**
 * Repeats `take` for as long as it rejects; then gives up, so that one update cannot hold up all others. Rejects only when
 * `stopped` comes first: the update must not be confirmed then.
 */
export function persistently(
  take: (update: Update) => Promise<void>,
  log: Log,
  stopped: AbortSignal,
): (update: Update) => Promise<void> {
  return async (update) => {
    const giveUp = Date.now() + GIVE_UP_MS;
    for (let backOff = 500; ; backOff = Math.min(backOff * 2, MAX_BACK_OFF_MS)) {
      try {
        return await take(update);
      } catch (error) {
        if (Date.now() > giveUp) return log.error('update given up', errorFields(error));
        log.warn('update not taken in yet', errorFields(error));
      }
      await sleep(backOff, undefined, { signal: stopped });
    }
  };
}
