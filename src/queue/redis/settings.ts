import type { Redis } from 'ioredis';
import type { RedisAddress } from './address.ts';
import { connect, onRedis } from './connection.ts';
import { isForbidden } from './errors.ts';

/** A setting of Redis on which a promise of facefinder depends. */
export interface RedisSetting {
  /** The setting's name in redis.conf. */
  readonly name: string;
  readonly wanted: string;
  /** The value. Undefined when we may not read it, as on many managed servers. */
  readonly value: string | undefined;
}

/**
 * The settings that decide whether acknowledged writes survive a crash of Redis (`appendonly`,
 * `appendfsync`), and whether Redis drops data to make room (`maxmemory-policy`). They are read
 * from INFO where possible, because CONFIG is often forbidden. Throws `unavailable` when Redis does
 * not answer.
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

/** Gives undefined for an error that says that the command is forbidden. Throws other errors. */
function forbidden(error: unknown): undefined {
  if (isForbidden(error)) return undefined;
  throw error;
}
