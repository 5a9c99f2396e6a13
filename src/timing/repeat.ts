import { setTimeout as sleep } from 'node:timers/promises';

/** The lengths of the first and of the longest pause between tries, in milliseconds. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The pause after try `attempt` (from 1), in milliseconds. Pauses double, up to the longest. */
export function pauseAfter(attempt: number, { firstMs, longestMs }: BackOff): number {
  return Math.min(firstMs * 2 ** (attempt - 1), longestMs);
}

/**
 * Tries `work` until it succeeds. After each failure, `pause` gets the error and the number of
 * tries so far, and gives the milliseconds until the next try, or undefined for no further try.
 * @throws the error of the last try; an AbortError when `signal` aborts during a pause
 */
export async function repeat<T>(
  work: () => Promise<T>,
  pause: (error: unknown, attempt: number) => number | undefined,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const ms = pause(error, attempt);
      if (ms === undefined) throw error;
      await sleep(ms, undefined, signal && { signal });
    }
  }
}
