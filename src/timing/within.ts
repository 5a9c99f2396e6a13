import { Failure } from '../failure.ts';

/**
 * The result of `work` if it comes within `ms` milliseconds. After that, this throws `unavailable`
 * and aborts `signal`. `work` must pass `signal` on, so that no part of it goes on.
 */
export async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Failure('unavailable', { cause: new Error(`not done within ${ms} ms`) }));
    over.abort();
  }, ms);
  try {
    return await Promise.race([late.promise, work(over.signal)]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The result of `work`; undefined after `ms` milliseconds. The work then goes on, and nobody gets
 * its result.
 */
export async function atMost<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, ms, undefined);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The result of `work`. When `signal` aborts first, its reason is thrown. The work then goes on,
 * and nobody gets its result.
 */
export async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
