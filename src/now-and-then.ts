import type { Log, LogFields } from './log.ts';

/** The same event with the same fields is told again after this long at the earliest. */
const AGAIN_MS = 30_000;

/**
 * A log that does not repeat itself: what goes wrong at every call, many times a second, is told when it begins, and then at
 * times with how often it was `repeated` since. `now` gives milliseconds; a test has its own.
 */
export function nowAndThen(log: Log, now: () => number = () => performance.now()): Log['error'] {
  const told = new Map<string, { at: number; repeated: number }>();
  return (event, fields: LogFields = {}) => {
    const what = `${event} ${fields.error}`;
    const last = told.get(what);
    if (last && now() - last.at < AGAIN_MS) {
      last.repeated += 1;
      return;
    }
    for (const [old, { at }] of told) if (now() - at >= AGAIN_MS) told.delete(old);
    told.set(what, { at: now(), repeated: 0 });
    log.error(event, last?.repeated ? { ...fields, repeated: last.repeated } : fields);
  };
}
