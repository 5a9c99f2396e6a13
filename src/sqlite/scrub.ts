import { Worker } from 'node:worker_threads';
import { Failure } from '../failure.ts';
import { isBusy, translated } from './errors.ts';

/** What the thread that scrubs has to tell. */
export type Scrubbed = { readonly isEmpty: boolean } | { readonly errcode: number };

/**
 * Makes deleted bytes leave the files. Calls that arrive while one runs share the next one. Resolves true when the database file
 * holds nothing but living rows and the WAL is empty, false when somebody kept it from that; `unavailable` when it failed.
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
  const scrubbed = await inWorker(path);
  if ('isEmpty' in scrubbed) return scrubbed.isEmpty;
  const error = Object.assign(new Error('SQLite could not rewrite the file'), scrubbed);
  if (isBusy(error)) return false;
  throw translated(error, path);
}

/** Rewriting a large file takes seconds, in which this thread has better things to do. */
function inWorker(path: string): Promise<Scrubbed> {
  const { promise, resolve, reject } = Promise.withResolvers<Scrubbed>();
  const file = new URL('./scrub-worker.ts', import.meta.url);
  // Node's own options of this process may not suit a thread (--input-type, --inspect-brk).
  const worker = new Worker(file, { workerData: path, env: {}, execArgv: [], stdin: false });
  worker.once('message', resolve);
  worker.once('error', (cause) => reject(new Failure('unavailable', { cause })));
  worker.once('exit', () => reject(new Failure('unavailable', { cause: new Error('The scrubber ended early.') })));
  return promise;
}
