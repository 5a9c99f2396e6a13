import { Failure } from '../failure.ts';

/**
 * What `work` gives within `ms` milliseconds; else it throws `unavailable`, without waiting for work any longer. Work hands
 * `signal` to all that it asks of others: it aborts then, so that nothing of what was given up happens later.
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

/** What `work` gives; undefined when it takes longer than `ms` milliseconds, and goes on unheard. */
export async function atMost<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, ms, undefined);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `work` gives, unless `signal` aborts first: then its reason is thrown, and the work goes on unheard. */
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
