import { readFileSync } from 'node:fs';
import { Redis, type RedisOptions } from 'ioredis';
import { Cause } from '../../cause.ts';
import { Failure } from '../../failure.ts';
import { pauseAfter, repeat } from '../../timing/repeat.ts';
import { within } from '../../timing/within.ts';
import { explained, failureOf, isLost, isNotDone, isNotPrimary } from './errors.ts';

/** Which Redis, and how it is trusted. */
export interface RedisAddress {
  /** `redis://user:password@host:port/database`, or `rediss:` for TLS. */
  readonly url: string;
  /** File with the certificate authority that signed its certificate; the system's are trusted otherwise. */
  readonly caFile?: string;
}

/** A command that takes longer has failed, although Redis may still do it. */
const COMMAND_TIMEOUT_MS = 3_000;
/** A connection on which nothing comes back for so long is given up: somebody on the way may have dropped it without a word. */
const SILENCE_MS = 5_000;
/** Between two connections; at once the longest to a Redis that goes on refusing, as a replica does that nobody makes the primary. */
const RECONNECTING = { firstMs: 100, longestMs: 1_000 };
/** A refusal so soon after another one did not end with a new connection. */
const SOON_MS = 10_000;
/** For so long a call is made again that met a failover or a lost connection; until a failover has been noticed, and some more. */
const PATIENCE_MS = 8_000;
const PAUSE_MS = 50;

const losses = new WeakMap<Redis, unknown>();

/**
 * A connection that comes back by itself, whatever happens to Redis: also when it has become a replica, and when it keeps silent.
 * `prompt`: a command fails within 3 s when Redis does not answer; for those who wait for the outcome.
 * `patient`: commands wait for Redis to come back, as BullMQ's workers need it.
 * `onError` hears of each loss once, however long it lasts.
 */
export function connect(address: RedisAddress, temper: 'prompt' | 'patient', onError: (cause: unknown) => void): Redis {
  const redis = open(address, temper);
  const { host } = new URL(address.url);
  losses.set(redis, new Cause('redis_unreachable', { where: host }));
  let told = false;
  redis.on('ready', () => {
    told = false;
  });
  redis.on('error', (error) => {
    const cause = explained(error, host);
    losses.set(redis, cause);
    if (told) return;
    told = true;
    onError(cause);
  });
  return redis;
}

/** Resolves once the connection may be used; throws `unavailable` with the reason when that takes longer than a command may. */
export async function ready(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  const { promise, resolve } = Promise.withResolvers<void>();
  redis.once('ready', resolve);
  try {
    await within(COMMAND_TIMEOUT_MS, () => promise);
  } catch {
    throw new Failure('unavailable', { cause: losses.get(redis) });
  } finally {
    redis.off('ready', resolve);
  }
}

/**
 * Runs `work` once the connection may be used, and again, for some seconds, when that met a failover. `repeatable` work does the
 * same when it is done twice: it is run again also when nobody knows whether it was done.
 * @throws Failure `busy` (Redis is full) or `unavailable` (all else) with its cause, without what was sent.
 */
export async function onRedis<T>(redis: Redis, work: () => Promise<T>, repeatable = false): Promise<T> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  // What is said of the server tells an operator more than what became of the connection after it.
  let reason: unknown;
  const attempt = async () => {
    await ready(redis);
    return await work();
  };
  const pause = (error: unknown) => {
    if (isNotPrimary(error)) reason = error;
    const isWorthIt = isNotDone(error) || (repeatable && isLost(error));
    return isWorthIt && performance.now() < giveUpAt ? PAUSE_MS : undefined;
  };
  return await repeat(attempt, pause).catch((error) => Promise.reject(failureOf(reason ?? error)));
}

function open({ url, caFile }: RedisAddress, temper: 'prompt' | 'patient'): Redis {
  const options: Omit<RedisOptions, 'replyMapping'> = {
    ...reconnecting(temper),
    connectTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    // It asks INFO, which users of many a managed Redis may not; a Redis that still loads says so to the first command.
    enableReadyCheck: false,
    ...(caFile !== undefined && { tls: { ca: readFileSync(caFile) } }),
  };
  // What the scheme stands for would win over the authority.
  const place = caFile === undefined ? url : url.replace(/^rediss:/, 'redis:');
  if (temper === 'patient') return new PatientRedis(place, { ...options, maxRetriesPerRequest: null });
  return new Redis(place, {
    ...options,
    commandTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
}

/** BullMQ duplicates it for its blocking reads: those are silent for long, and BullMQ watches over them itself. */
class PatientRedis extends Redis {
  override duplicate<Override extends Partial<RedisOptions> | undefined = undefined>(override?: Override) {
    const copy = super.duplicate(override);
    copy.options.socketTimeout = undefined;
    return copy;
  }
}

/** Connects anew after a loss, and away from a server that is not the primary (any more). */
function reconnecting(temper: 'prompt' | 'patient'): Pick<RedisOptions, 'retryStrategy' | 'reconnectOnError'> {
  let refusedAt = Number.NEGATIVE_INFINITY;
  let isStubborn = false;
  return {
    reconnectOnError(error) {
      if (!isNotPrimary(error)) return false;
      isStubborn = performance.now() - refusedAt < SOON_MS;
      refusedAt = performance.now();
      // Where commands wait for a connection, this one goes once more with the next.
      return temper === 'patient' ? 2 : 1;
    },
    retryStrategy(times) {
      return isStubborn ? RECONNECTING.longestMs : pauseAfter(times, RECONNECTING);
    },
  };
}
