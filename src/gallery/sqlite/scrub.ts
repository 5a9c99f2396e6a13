import { Worker } from 'node:worker_threads';
import { Failure } from '../../failure.ts';

/**
 * Makes deleted bytes leave the files. Calls that arrive while one runs share the next one. Resolves true when the database file
 * holds nothing but living rows and the WAL is empty, false when a reader kept it from that; `unavailable` when it failed.
 */
export function scrubber(file: string): () => Promise<boolean> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<boolean> | undefined;
  return () => {
    next ??= running.then(() => {
      next = undefined;
      const run = inWorker(file);
      running = run.catch(() => undefined);
      return run;
    });
    return next;
  };
}

/** Rewriting a large file takes seconds, in which this thread has better things to do. */
function inWorker(file: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const worker = new Worker(new URL('./scrub-worker.ts', import.meta.url), { workerData: file, env: {}, stdin: false });
  worker.once('message', resolve);
  worker.once('error', (cause) => reject(new Failure('unavailable', { cause })));
  worker.once('exit', () => reject(new Failure('unavailable', { cause: new Error('The scrubber ended early.') })));
  return promise;
}
