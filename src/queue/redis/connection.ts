import { readFileSync } from 'node:fs';
import { Redis, type RedisOptions } from 'ioredis';
import { Cause } from '../../cause.ts';
import { Failure } from '../../failure.ts';
import { pauseAfter, repeat } from '../../timing/repeat.ts';
import { within } from '../../timing/within.ts';
import { type RedisAddress, sentinelsOf, whereabouts } from './address.ts';
import { explained, failureOf, isLost, isNotDone, isNotPrimary } from './errors.ts';

/** A command that takes longer counts as failed, although Redis may still run it. */
const COMMAND_TIMEOUT_MS = 3_000;
/**
 * A connection without any answer for this long is given up: something on the way may have dropped
 * it silently.
 */
const SILENCE_MS = 5_000;
/**
 * The pause between two connections. When Redis keeps refusing, as a replica that never becomes the
 * primary does, every pause is the longest.
 */
const RECONNECTING = { firstMs: 100, longestMs: 1_000 };
/** Two refusals within this time mean that a new connection did not help. */
const SOON_MS = 10_000;
/**
 * How long a call is repeated after a failover or a lost connection: the time to notice a failover,
 * and some more.
 */
const COMMAND_PATIENCE_MS = 8_000;
const PAUSE_MS = 50;

const losses = new WeakMap<Redis, unknown>();

/**
 * A connection that always comes back, also after Redis became a replica or fell silent. `prompt`:
 * a command fails within 3 s without an answer, for callers who wait. `patient`: commands wait for
 * Redis to come back, as BullMQ's workers need. `onError` hears of each loss once, however long it
 * lasts.
 */
export function connect(address: RedisAddress, temper: 'prompt' | 'patient', onError: (cause: unknown) => void): Redis {
  const where = whereabouts(address);
  let told = false;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let isStubborn = false;
  const isRefusedOfLate = () => performance.now() - refusedAt < SOON_MS;

  const redis = open(address, temper, {
    retryStrategy: (times) => (isStubborn ? RECONNECTING.longestMs : pauseAfter(times, RECONNECTING)),
    reconnectOnError(error) {
      if (!isNotPrimary(error)) return false;
      isStubborn = isRefusedOfLate();
      refusedAt = performance.now();
      lose(error);
      // A patient command that failed here is sent once more on the next connection.
      return temper === 'patient' ? 2 : 1;
    },
  });
  losses.set(redis, new Cause('redis_unreachable', { where }));

  function lose(error: unknown): void {
    const cause = explained(error, where);
    losses.set(redis, cause);
    if (!told) onError(cause);
    told = true;
  }
  redis.on('error', lose);
  redis.on('ready', () => {
    told = isRefusedOfLate();
  });
  return redis;
}

/**
 * Resolves once the connection is ready. Throws `unavailable` with the reason after the time of a
 * command.
 */
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
 * Runs `work` once the connection is ready.
 * @throws Failure `busy` (Redis is full) or `unavailable` (all else), with its cause but without
 * what was sent
 */
export async function onRedis<T>(redis: Redis, work: () => Promise<T>): Promise<T> {
  try {
    await ready(redis);
    return await work();
  } catch (error) {
    throw failed(redis, error);
  }
}

/**
 * As {@link onRedis}, but repeats the work for some seconds after a failover. `repeatable` work may
 * be done twice: it is also repeated when nobody knows whether it was done.
 */
export async function surelyOnRedis<T>(redis: Redis, work: () => Promise<T>, repeatable = false): Promise<T> {
  const giveUpAt = performance.now() + COMMAND_PATIENCE_MS;
  const attempt = async () => {
    await ready(redis);
    return await work();
  };
  const pause = (error: unknown) => {
    const isWorthIt = isNotDone(error) || (repeatable && isLost(error));
    return isWorthIt && performance.now() < giveUpAt ? PAUSE_MS : undefined;
  };
  return await repeat(attempt, pause).catch((error) => {
    throw failed(redis, error);
  });
}

/**
 * The failure for `error`. When nothing could be sent, its cause is why the connection was lost,
 * because that helps an operator more.
 */
function failed(redis: Redis, error: unknown): Failure {
  return failureOf(isNotDone(error) ? losses.get(redis) : error);
}

function open(
  address: RedisAddress,
  temper: 'prompt' | 'patient',
  reconnecting: Pick<RedisOptions, 'retryStrategy' | 'reconnectOnError'>,
): Redis {
  const { url, caFile } = address;
  const options: Omit<RedisOptions, 'replyMapping'> = {
    ...reconnecting,
    ...(temper === 'patient' ? { maxRetriesPerRequest: null } : PROMPT),
    connectTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    // The check needs INFO, which some servers forbid. A Redis that still loads says so at the
    // first command.
    enableReadyCheck: false,
    ...(caFile !== undefined && { tls: { ca: readFileSync(caFile) } }),
  };
  const Kind = temper === 'patient' ? PatientRedis : Redis;
  const sentinels = sentinelsOf(address);
  if (sentinels) return new Kind({ ...options, ...sentinels });
  // The scheme's TLS settings would override the authority.
  return new Kind(caFile === undefined ? url : url.replace(/^rediss:/, 'redis:'), options);
}

const PROMPT = {
  commandTimeout: COMMAND_TIMEOUT_MS,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
} as const;

/**
 * BullMQ duplicates this connection for its blocking reads. They are silent for long, so the copy
 * has no timeout: BullMQ watches it itself.
 */
class PatientRedis extends Redis {
  override duplicate<Override extends Partial<RedisOptions> | undefined = undefined>(override?: Override) {
    const copy = super.duplicate(override);
    copy.options.socketTimeout = undefined;
    return copy;
  }
}
