import { Failure } from '../failure.ts';

/**
 * What `work` gives within `ms` milliseconds; else `unavailable`, without waiting for work any longer. Work has to hand `signal` to all
 * that it asks of others: it aborts then, so that nothing of what was given up happens later.
 */
export async function inTime<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
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
