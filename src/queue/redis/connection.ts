import { readFileSync } from 'node:fs';
import { Redis, type RedisOptions } from 'ioredis';
import { Cause } from '../../cause.ts';
import { Failure } from '../../failure.ts';
import { pauseAfter, repeat } from '../../timing/repeat.ts';
import { within } from '../../timing/within.ts';
import { type RedisAddress, sentinelsOf, whereabouts } from './address.ts';
import { explained, failureOf, isLost, isNotDone, isNotPrimary } from './errors.ts';

/** A command that takes longer than this counts as failed, although Redis may still run it. */
const COMMAND_TIMEOUT_MS = 3_000;
/**
 * When a connection gives no answer for this long, it is closed. It may have broken without an
 * error.
 */
const SILENCE_MS = 5_000;
/**
 * The pause before the next connection. While Redis keeps refusing, as a replica does that never
 * becomes the primary, every pause is the longest.
 */
const RECONNECTING = { firstMs: 100, longestMs: 1_000 };
/** When a second refusal comes within this time, the new connection did not help. */
const SOON_MS = 10_000;
/**
 * How long a call is repeated after a failover or a lost connection. A failover is noticed a little
 * earlier than that.
 */
const COMMAND_PATIENCE_MS = 8_000;
const PAUSE_MS = 50;

const losses = new WeakMap<Redis, unknown>();

/**
 * A connection that always comes back, also when Redis became a replica or gave no answers.
 * `prompt`: without an answer a command fails within 3 s, for callers who wait. `patient`: commands
 * wait until Redis comes back, as BullMQ's workers need. `onError` hears of each loss once, however
 * long it lasts.
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
      // A patient command that failed here is sent again, once, on the next connection.
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
 * Resolves once the connection is ready. If it is not ready in the time of a command, throws
 * `unavailable` with the reason.
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
 * the data that were sent
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
 * As {@link onRedis}, but after a failover it repeats the work for some seconds. `repeatable`: the
 * work may be done twice, so it is also repeated when nobody knows whether it was done.
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
 * The failure for `error`. When nothing could be sent, its cause says why the connection was lost.
 * That helps an operator more.
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
    // The ready check needs INFO, which some servers forbid. A Redis that is still loading says so
    // at the first command.
    enableReadyCheck: false,
    ...(caFile !== undefined && { tls: { ca: readFileSync(caFile) } }),
  };
  const Kind = temper === 'patient' ? PatientRedis : Redis;
  const sentinels = sentinelsOf(address);
  if (sentinels) return new Kind({ ...options, ...sentinels });
  // The TLS settings of the scheme `rediss:` would replace our authority. So the address is changed
  // to `redis:`.
  return new Kind(caFile === undefined ? url : url.replace(/^rediss:/, 'redis:'), options);
}

const PROMPT = {
  commandTimeout: COMMAND_TIMEOUT_MS,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
} as const;

/**
 * A connection for BullMQ's workers. BullMQ copies it for its blocking reads, which may give no
 * answer for long. So the copy has no timeout, and BullMQ watches it itself.
 */
class PatientRedis extends Redis {
  override duplicate<Override extends Partial<RedisOptions> | undefined = undefined>(override?: Override) {
    const copy = super.duplicate(override);
    copy.options.socketTimeout = undefined;
    return copy;
  }
}
