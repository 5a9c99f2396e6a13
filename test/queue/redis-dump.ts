import type { Redis } from 'ioredis';

/**
 * All that a Redis holds: the value of each key as JSON, by the key.
 * @throws when a value has a type that this cannot read
 */
export async function dumpOf(redis: Redis): Promise<Map<string, string>> {
  const dump = new Map<string, string>();
  for (const key of (await redis.keys('*')).sort()) {
    const type = await redis.type(key);
    const value = await READ[type]?.(redis, key);
    if (value === undefined && (await redis.exists(key)) === 1) throw new Error(`cannot read a ${type}`);
    dump.set(key, JSON.stringify(value));
  }
  return dump;
}

const READ: Readonly<Record<string, (redis: Redis, key: string) => Promise<unknown>>> = {
  string: (redis, key) => redis.get(key),
  hash: (redis, key) => redis.hgetall(key),
  list: (redis, key) => redis.lrange(key, 0, -1),
  set: (redis, key) => redis.smembers(key),
  zset: (redis, key) => redis.zrange(key, '0', '-1', 'WITHSCORES'),
  stream: (redis, key) => redis.xrange(key, '-', '+'),
};
