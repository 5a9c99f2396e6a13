import { MOST_TIMES, PACE_FROM, PACE_WEIGHT, type QueueRules } from '../rules.ts';

/** How long a pace is kept after its last change. After that it says nothing about the workers. */
const PACE_KEPT_MS = 3_600_000;

/**
 * The key of the pace of asks. Its value is a hash of `last` (milliseconds since 1970), `mean`
 * (milliseconds) and `count`.
 */
export const paceKey = (prefix: string) => `${prefix}:pace`;

/**
 * Lua functions. `ended` measures the pace as `Pace` of the embedded queue does. `too_much` says
 * whether to refuse a further ask, as {@link isTooMuch} does.
 */
export const PACE_LUA = `
  local function now()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
  end
  local function ended(pace, queue)
    local ends = now()
    if redis.call('LLEN', queue .. 'wait') == 0 then return redis.call('HDEL', pace, 'last') end
    local last, mean, count = unpack(redis.call('HMGET', pace, 'last', 'mean', 'count'))
    if last then
      local took = ends - last
      mean = mean and mean + (took - mean) * ${PACE_WEIGHT} or took
      redis.call('HSET', pace, 'mean', mean, 'count', (count or 0) + 1)
    end
    redis.call('HSET', pace, 'last', ends)
    redis.call('PEXPIRE', pace, ${PACE_KEPT_MS})
  end
  local function too_much(pace, queue, most, longest)
    local waiting = redis.call('LLEN', queue .. 'wait') + redis.call('ZCARD', queue .. 'delayed')
    local next = redis.call('LINDEX', queue .. 'wait', -1)
    local since = next and tonumber(redis.call('HGET', queue .. next, 'timestamp'))
    if since and now() - since > longest then return true end
    local mean, count = unpack(redis.call('HMGET', pace, 'mean', 'count'))
    if not mean or tonumber(count) < ${PACE_FROM} then return waiting >= most end
    return waiting >= most * ${MOST_TIMES} or waiting * mean > longest
  end
`;

/** The limits that {@link PACE_LUA} needs: how many asks may wait, and for how long. */
export const limitsOf = ({ maxWaiting, longestWaitMs }: QueueRules) => [maxWaiting, longestWaitMs] as const;
