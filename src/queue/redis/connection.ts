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
 * When nothing comes from a connection for this long, it is closed, because it may have broken
 * without an error.
 */
const SILENCE_MS = 5_000;
/**
 * The pauses between tries to connect, which grow from the first to the longest. While Redis
 * accepts connections but keeps refusing commands (a replica that never becomes the primary), each
 * pause is the longest.
 */
const RECONNECTING = { firstMs: 100, longestMs: 1_000 };
/** If two refusals are no further apart than this, the connection between them did not help. */
const SOON_MS = 10_000;
/**
 * How long a call is repeated after a failover or a lost connection. A failover usually takes a
 * little less.
 */
const COMMAND_PATIENCE_MS = 8_000;
const PAUSE_MS = 50;

const losses = new WeakMap<Redis, unknown>();

/**
 * Opens a connection that is made anew after every loss, and also when Redis became a replica or
 * gave no answers. `prompt`: a command without an answer fails after 3 s. `patient`: commands wait
 * until Redis can be reached again, as BullMQ's workers need. `onError` hears of each loss once,
 * however long it lasts.
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
      // 2 makes ioredis connect anew and send the failed command again. 1 makes it only connect.
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
 * Resolves once the connection is ready. If it is not ready within {@link COMMAND_TIMEOUT_MS},
 * throws `unavailable` with the reason of the loss.
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
 * @throws Failure `busy` (Redis is full) or `unavailable` (any other error), with its cause but
 * without the data that were sent
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
 * As {@link onRedis}, but for some seconds it repeats work that Redis did not do, as during a
 * failover. `repeatable`: the work may be done twice, so it is also repeated when the connection
 * broke and nobody knows whether it was done.
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
 * The failure for `error`. When Redis did not run the command, its cause is the reason of the last
 * loss, which tells an operator more than `error` does.
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
    // ioredis's ready check needs INFO, which some servers forbid. It is not needed: a Redis that
    // is still loading refuses the first command.
    enableReadyCheck: false,
    ...(caFile !== undefined && { tls: { ca: readFileSync(caFile) } }),
  };
  const Kind = temper === 'patient' ? PatientRedis : Redis;
  const sentinels = sentinelsOf(address);
  if (sentinels) return new Kind({ ...options, ...sentinels });
  // With `rediss:` in the address, ioredis would replace the `tls` option above. So the address
  // gets `redis:`. The option alone makes ioredis use TLS.
  return new Kind(caFile === undefined ? url : url.replace(/^rediss:/, 'redis:'), options);
}

const PROMPT = {
  commandTimeout: COMMAND_TIMEOUT_MS,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
} as const;

/**
 * A connection for BullMQ's workers. BullMQ makes a copy of it for blocking reads, which get no
 * answer while there is no job. So the copy has no timeout for silence. BullMQ itself notices when
 * the copy breaks.
 */
class PatientRedis extends Redis {
  override duplicate<Override extends Partial<RedisOptions> | undefined = undefined>(override?: Override) {
    const copy = super.duplicate(override);
    copy.options.socketTimeout = undefined;
    return copy;
  }
}
