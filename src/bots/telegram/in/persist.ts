import type { Update } from 'grammy/types';
import { Failure } from '../../../failure.ts';
import { errorFields, type Log } from '../../../log.ts';
import { pauseAfter, repeat } from '../../../timing/repeat.ts';

/** How long an update is tried again. After so long, its sender has tried again or left. */
const GIVE_UP_MS = 10 * 60_000;
const NOT_TAKEN_IN = { firstMs: 500, longestMs: 20_000 };

/**
 * Calls `take` again while it rejects. After a while it gives up, so that one update cannot block
 * all others. It rejects only when `stopped` comes first: then the update must not be confirmed.
 */
export function persistently(
  take: (update: Update) => Promise<void>,
  { log, onUnheard }: { readonly log: Log; readonly onUnheard: () => void },
  stopped: AbortSignal,
): (update: Update) => Promise<void> {
  return async (update) => {
    const giveUpAt = Date.now() + GIVE_UP_MS;
    const attempt = async () => {
      try {
        await take(update);
      } catch (error) {
        if (Date.now() <= giveUpAt) throw error;
        log.error('update given up', errorFields(error));
        onUnheard();
      }
    };
    const pause = (error: unknown, tries: number) => {
      log.warn('update not taken in yet', errorFields(error));
      const { seconds = 0 } = error instanceof Failure ? error.details : {};
      return Math.max(pauseAfter(tries, NOT_TAKEN_IN), seconds * 1000);
    };
    await repeat(attempt, pause, stopped);
  };
}
