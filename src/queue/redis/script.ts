import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/**
 * Lua: whether what comes from outside must be refused, because the memory that Redis was given is 80 % used. In the rest
 * BullMQ can go on handing out jobs; a worker cannot even take one from a Redis that is full. Where our user may not ask INFO,
 * nobody knows: Redis itself refuses then, once it is full.
 */
export const FULL_LUA = `
  local function full()
    local info = redis.pcall('INFO', 'memory')
    if type(info) ~= 'string' then return false end
    local max = tonumber(info:match('maxmemory:(%d+)')) or 0
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
