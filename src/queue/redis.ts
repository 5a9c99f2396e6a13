import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { Failure } from '../failure.ts';

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

/** Runs `work`; what Redis says no to comes out as `busy` (it is full) or `unavailable` (all else), without what was sent. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const isFull = cause instanceof Error && /\bOOM\b/.test(cause.message);
    throw new Failure(isFull ? 'busy' : 'unavailable', { cause: withoutArguments(cause) });
  }
}

/**
 * ioredis hangs the command with all its arguments on its errors: this is the same error without. Its `code` is the network's
 * (`ECONNREFUSED`) or Redis's own, the first word of what it says (`OOM`).
 */
export function withoutArguments(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof Failure) return cause;
  const code = 'code' in cause ? cause.code : /^[A-Z]+(?= )/.exec(cause.message)?.[0];
  return Object.assign(new Error(`${cause.name}: ${cause.message}`), code !== undefined && { code });
}

/**
 * Lua: whether what comes from outside must be refused, because the memory that Redis was given is 80 % used. In the rest
 * BullMQ can go on handing out jobs; a worker cannot even take one from a Redis that is full.
 */
export const FULL_LUA = `
  local function full()
    local info = redis.call('INFO', 'memory')
    local max = tonumber(info:match('maxmemory:(%d+)'))
    return max > 0 and tonumber(info:match('used_memory:(%d+)')) > max * 0.8
  end
`;

/**
 * A Lua script, run atomically. Its source travels once per Redis, afterwards its hash.
 *
 * With its memory full Redis refuses a script's first command that could need more, but lets a script go on that has written
 * already: what must succeed even then begins with a deletion.
 */
export function luaScript(lua: string) {
  const sha1 = createHash('sha1').update(lua).digest('hex');
  return async (redis: Redis, ...args: readonly (string | number)[]): Promise<unknown> => {
    try {
      return await redis.evalsha(sha1, 0, ...args);
    } catch (cause) {
      if (!(cause instanceof Error && cause.message.startsWith('NOSCRIPT'))) throw cause;
      return redis.eval(lua, 0, ...args);
    }
  };
}
