import type { Redis } from 'ioredis';
import type { RedisAddress } from './address.ts';
import { connect, onRedis } from './connection.ts';
import { isForbidden } from './errors.ts';

/** A setting of Redis that a promise of ours needs. */
export interface RedisSetting {
  /** The setting's name in redis.conf. */
  readonly name: string;
  readonly wanted: string;
  /** The value. Undefined when we may not read it, as on many managed servers. */
  readonly value: string | undefined;
}

/**
 * The settings that say two things. Do acknowledged writes survive a crash of Redis (`appendonly`,
 * `appendfsync`)? Does Redis drop data to make room (`maxmemory-policy`)? INFO tells most of it and
 * is rarely forbidden. CONFIG often is. Throws `unavailable` when Redis does not answer.
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

/**
 * Gives undefined when this user may not ask, or the command has another name. Throws other errors.
 */
function forbidden(error: unknown): undefined {
  if (isForbidden(error)) return undefined;
  throw error;
}
