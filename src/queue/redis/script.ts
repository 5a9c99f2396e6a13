import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/**
 * Lua: whether to refuse input from outside, because 80 % of Redis' memory is used. BullMQ needs
 * the rest: a worker cannot even take a job from a full Redis. When our user may not run INFO, this
 * is unknown, and Redis itself refuses once it is full.
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
 * Runs a Lua script atomically. Each Redis gets its source once, then only its hash.
 *
 * A full Redis refuses a script's first command that could need memory, but lets a script go on
 * after a write. So a script that must succeed begins with a deletion.
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
