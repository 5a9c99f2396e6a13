import { errorFields, type Log } from '../log.ts';

const FEW_SECONDS_MS = 5_000;
const DAY_MS = 86_400_000;

/** Repeats `work` every 5 seconds, never twice at once, until disposed. What it throws is logged, and it is tried again. */
export function everyFewSeconds(work: () => Promise<unknown>, log: Log): AsyncDisposable {
  return every(FEW_SECONDS_MS, work, log);
}

/** Does `work` once a day, as {@link everyFewSeconds}. */
export function everyDay(work: () => Promise<unknown>, log: Log): AsyncDisposable {
  return every(DAY_MS, work, log);
}

function every(ms: number, work: () => Promise<unknown>, log: Log): AsyncDisposable {
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    running ??= work()
      .catch((error) => log.error('repeated work failed', errorFields(error)))
      .finally(() => {
        running = undefined;
      });
  }, ms);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}
