import { Failure } from '../failure.ts';

/**
 * The result of `work`, if it comes within `ms` milliseconds. Otherwise this throws `unavailable`,
 * and aborts the signal that `work` got, by which `work` must end what it does.
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
 * The result of `work`, or undefined if it does not come within `ms` milliseconds. The work then
 * goes on, and its result is ignored.
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
 * The result of `work`. If `signal` aborts first, this throws the signal's reason. The work then
 * goes on, and its result is ignored.
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
