import { Worker } from 'node:worker_threads';
import { Failure } from '../failure.ts';
import { isBusy, translated } from './errors.ts';

/**
 * What the thread that scrubs gives: whether the write-ahead log is empty, or an error of SQLite.
 */
export type Scrubbed = { readonly isEmpty: boolean } | { readonly errcode: number };

/**
 * Makes a function that removes the bytes of deleted rows from a database file and its write-ahead
 * log. It gives true when they are gone, and false when another connection prevented that. It
 * throws `unavailable` after another error. All calls during a scrub share the scrub that comes
 * after it.
 */
export function scrubber(path: string): () => Promise<boolean> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<boolean> | undefined;
  return () => {
    next ??= running.then(() => {
      next = undefined;
      const run = scrubOnce(path);
      running = run.catch(() => undefined);
      return run;
    });
    return next;
  };
}

async function scrubOnce(path: string): Promise<boolean> {
  const scrubbed = await inThread(path);
  if ('isEmpty' in scrubbed) return scrubbed.isEmpty;
  const error = Object.assign(new Error('SQLite could not rewrite the file'), scrubbed);
  if (isBusy(error)) return false;
  throw translated(error, path);
}

/** Scrubs in a thread, because a scrub takes seconds for a large file and blocks its thread. */
function inThread(path: string): Promise<Scrubbed> {
  const { promise, resolve, reject } = Promise.withResolvers<Scrubbed>();
  const file = new URL('./scrub-thread.ts', import.meta.url);
  // The thread does not get this process's Node options, because some are not for threads
  // (--input-type, --inspect-brk).
  const thread = new Worker(file, { workerData: path, env: {}, execArgv: [], stdin: false });
  thread.once('message', resolve);
  thread.once('error', (cause) => reject(new Failure('unavailable', { cause })));
  thread.once('exit', () => reject(new Failure('unavailable', { cause: new Error('The scrubber ended early.') })));
  return promise;
}
