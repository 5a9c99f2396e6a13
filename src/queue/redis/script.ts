import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/**
 * A Lua function that says whether to refuse new work, because over 80 % of Redis' memory is used.
 * BullMQ needs the rest: from a full Redis a worker cannot even take a job. When our user may not
 * run INFO, it is always false, and only Redis itself refuses once it is full.
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
 * Makes a function that runs a Lua script in one step. A Redis that knows the script gets only its
 * hash. A full Redis refuses a script at its first command if that could need memory. After any
 * write, it lets the script go on. So a script that must succeed begins with a deletion.
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
