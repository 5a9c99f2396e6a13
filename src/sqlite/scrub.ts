import { Worker } from 'node:worker_threads';
import { Failure } from '../failure.ts';
import { isBusy, translated } from './errors.ts';

/** The result of the thread that scrubs. */
export type Scrubbed = { readonly isEmpty: boolean } | { readonly errcode: number };

/**
 * Removes deleted bytes from the files. Calls during a scrub all wait for the next one. True when
 * the database file holds only rows that are not deleted and the WAL is empty, false when another
 * process prevented that. Throws `unavailable` when it failed.
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

/** Scrubs in a thread, because it takes seconds to write a large file again. */
function inThread(path: string): Promise<Scrubbed> {
  const { promise, resolve, reject } = Promise.withResolvers<Scrubbed>();
  const file = new URL('./scrub-thread.ts', import.meta.url);
  // The thread does not get this process's Node options, because some do not suit a thread
  // (--input-type, --inspect-brk).
  const thread = new Worker(file, { workerData: path, env: {}, execArgv: [], stdin: false });
  thread.once('message', resolve);
  thread.once('error', (cause) => reject(new Failure('unavailable', { cause })));
  thread.once('exit', () => reject(new Failure('unavailable', { cause: new Error('The scrubber ended early.') })));
  return promise;
}
