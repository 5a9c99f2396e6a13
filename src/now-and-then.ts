import type { Log, LogFields } from './log.ts';

/** For this time, the same event with the same error is not logged again. */
const AGAIN_MS = 30_000;

/**
 * Makes a function that logs errors which may come many times a second. The first one is logged at
 * once. The same event with the same error is logged again only after {@link AGAIN_MS}, with the
 * number of those that were left out (`repeated`).
 * @param now gives milliseconds; a test can replace it
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
