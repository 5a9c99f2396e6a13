import { Redis } from 'ioredis';
import { Failure } from '../../failure.ts';
import { withoutArguments } from './errors.ts';

/** A command that takes longer has failed, although Redis may still do it. */
const COMMAND_TIMEOUT_MS = 3_000;

/**
 * A connection that comes back by itself, whatever happens to Redis.
 * `prompt`: a command fails within 3 s when Redis does not answer; for those who wait for the outcome.
 * `patient`: commands wait for Redis to come back, as BullMQ's workers need it.
 * `onError` hears of each loss once, however long it lasts.
 */
export function connect(url: string, temper: 'prompt' | 'patient', onError: (cause: unknown) => void): Redis {
  const redis = new Redis(url, {
    retryStrategy: (times) => Math.min(50 * 2 ** times, 1_000),
    connectTimeout: COMMAND_TIMEOUT_MS,
    ...(temper === 'patient'
      ? { maxRetriesPerRequest: null }
      : {
          commandTimeout: COMMAND_TIMEOUT_MS,
          enableOfflineQueue: false,
          autoResendUnfulfilledCommands: false,
          maxRetriesPerRequest: 0,
        }),
  });
  let told = false;
  redis.on('ready', () => {
    told = false;
  });
  redis.on('error', (cause) => {
    if (told) return;
    told = true;
    onError(withoutArguments(cause));
  });
  return redis;
}

/** Resolves once the connection may be used; throws `unavailable` when that takes longer than a command may. */
export async function ready(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  const { promise, resolve } = Promise.withResolvers<void>();
  redis.once('ready', resolve);
  try {
    await within(COMMAND_TIMEOUT_MS, promise);
  } finally {
    redis.off('ready', resolve);
  }
}

/** What `promise` gives, if it settles in time; else `unavailable`. The work itself goes on. */
export async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Failure('unavailable')), timeoutMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
