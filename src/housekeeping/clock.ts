import { Failure } from '../failure.ts';
import { errorFields, type Log } from '../log.ts';

const SECOND_MS = 1_000;
const FEW_SECONDS_MS = 5_000;
const HALF_A_MINUTE_MS = 30_000;
const HALF_AN_HOUR_MS = 1_800_000;
const EVERY_DAY_MS = 86_400_000;

/**
 * Work that is repeated. `signal` aborts when the repetition is disposed, which then waits until
 * the work has ended.
 */
type Work = (signal: AbortSignal) => Promise<unknown>;

/**
 * Repeats `work` every 5 seconds, until disposed. A turn is left out while the last one still runs.
 * Errors are logged, and the next turn follows as usual. Errors of a store that cannot be reached
 * are not logged here, because the health of this process reports them once.
 */
export function everyFewSeconds(work: Work, log: Log): AsyncDisposable {
  return every(FEW_SECONDS_MS, FEW_SECONDS_MS, work, untold(log));
}

/** As {@link everyFewSeconds}, but repeats `work` every second. */
export function everySecond(work: Work, log: Log): AsyncDisposable {
  return every(SECOND_MS, SECOND_MS, work, untold(log));
}

/** As {@link everyFewSeconds}, but at once and then once a day, and every error is logged. */
export function atOnceAndDaily(work: Work, log: Log): AsyncDisposable {
  return every(EVERY_DAY_MS, 0, work, told(log));
}

/** As {@link everyFewSeconds}, but does `work` at once and then every 30 seconds. */
export function everyHalfMinute(work: Work, log: Log): AsyncDisposable {
  return every(HALF_A_MINUTE_MS, 0, work, untold(log));
}

/**
 * As {@link atOnceAndDaily}, but the first time is half an hour after the start. That is early,
 * because some machines never run for a whole day.
 */
export function everyDay(work: Work, log: Log): AsyncDisposable {
  return every(EVERY_DAY_MS, HALF_AN_HOUR_MS, work, told(log));
}

type Tell = (error: unknown) => void;

function told(log: Log): Tell {
  return (error) => log.error('repeated work failed', errorFields(error));
}

function untold(log: Log): Tell {
  const tell = told(log);
  return (error) => {
    if (!(error instanceof Failure && error.again)) tell(error);
  };
}

function every(ms: number, firstMs: number, work: Work, tell: Tell): AsyncDisposable {
  const stopped = new AbortController();
  let running: Promise<unknown> | undefined;
  const turn = () => {
    running ??= work(stopped.signal)
      .catch((error) => stopped.signal.aborted || tell(error))
      .finally(() => {
        running = undefined;
      });
  };
  let timer = setTimeout(() => {
    turn();
    timer = setInterval(turn, ms);
  }, firstMs);
  return {
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      stopped.abort();
      await running;
    },
  };
}
