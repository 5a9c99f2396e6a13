import type { Log, LogFields } from './log.ts';

/** How long the same event with the same error is not logged again. */
const AGAIN_MS = 30_000;

/**
 * A log that does not repeat itself, for errors that may come many times a second. The first is
 * logged at once. Later ones are logged only sometimes, with how often they were `repeated`. `now`
 * gives milliseconds, so that a test can set the time.
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
