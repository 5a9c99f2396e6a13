import type { Redis } from 'ioredis';
import type { RedisAddress } from './address.ts';
import { connect, onRedis } from './connection.ts';
import { isForbidden } from './errors.ts';

/** A setting of Redis on which one of our promises rests. */
export interface RedisSetting {
  /** The name in redis.conf. */
  readonly name: string;
  readonly wanted: string;
  /** Undefined when we may not read it, as with many managed servers. */
  readonly value: string | undefined;
}

/**
 * Whether acknowledged writes survive a crash of Redis (`appendonly`, `appendfsync`), and whether
 * Redis drops data to make room (`maxmemory-policy`). INFO tells most of it and is rarely
 * forbidden; CONFIG often is. Throws `unavailable` without an answer.
 */
export async function redisSettings(address: RedisAddress): Promise<RedisSetting[]> {
  const redis = connect(address, 'prompt', () => {});
  try {
    return await onRedis(redis, async () => {
      const isLogged = await info(redis, 'persistence', 'aof_enabled');
      return [
        { name: 'appendonly', wanted: 'yes', value: isLogged && (isLogged === '1' ? 'yes' : 'no') },
        { name: 'appendfsync', wanted: 'always', value: await config(redis, 'appendfsync') },
        { name: 'maxmemory-policy', wanted: 'noeviction', value: await info(redis, 'memory', 'maxmemory_policy') },
      ];
    });
  } finally {
    redis.disconnect();
  }
}

async function info(redis: Redis, section: string, field: string): Promise<string | undefined> {
  const text = await redis.info(section).catch(forbidden);
  return text && new RegExp(`^${field}:(\\S+)`, 'm').exec(text)?.[1];
}

async function config(redis: Redis, name: string): Promise<string | undefined> {
  const answer = await redis.config('GET', name).catch(forbidden);
  return Array.isArray(answer) && answer[1] !== undefined ? String(answer[1]) : undefined;
}

/** Undefined when this user may not ask, or the command has another name. Throws other errors. */
function forbidden(error: unknown): undefined {
  if (isForbidden(error)) return undefined;
  throw error;
}
