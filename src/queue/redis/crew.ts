import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { atMost } from '../../timing/within.ts';
import type { QueueState } from '../queue.ts';
import { luaScript } from './script.ts';

/** The time between two signs of life of a worker. */
const BEAT_EVERY_MS = 2_500;
/** A worker that gives no sign for this long counts as dead. */
const DEAD_MS = 15_000;
const GOODBYE_MS = 500;

const TIME_LUA = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

// ARGV: workers, member
const live = luaScript(`${TIME_LUA}
  redis.call('ZREMRANGEBYSCORE', ARGV[1], '-inf', now)
  redis.call('ZADD', ARGV[1], now + ${DEAD_MS}, ARGV[2])
`);

// ARGV: workers, BullMQ's prefix of the asks, BullMQ's prefix of the erasures
const state = luaScript(`${TIME_LUA}
  local waiting, running = 0, 0
  for i = 2, 3 do
    waiting = waiting + redis.call('LLEN', ARGV[i] .. 'wait') + redis.call('ZCARD', ARGV[i] .. 'delayed')
    running = running + redis.call('LLEN', ARGV[i] .. 'active')
  end
  local oldest = redis.call('LINDEX', ARGV[2] .. 'wait', -1)
  local since = oldest and redis.call('HGET', ARGV[2] .. oldest, 'timestamp')
  local age = since and math.max(0, now - since) or 0
  return { waiting, running, age, redis.call('ZCOUNT', ARGV[1], '(' .. now, '+inf') }
`);

// ARGV: BullMQ's prefix of the asks, a job's id
const place = luaScript(`
  local before = redis.call('LPOS', ARGV[1] .. 'wait', ARGV[2])
  if not before then return -1 end
  return redis.call('LLEN', ARGV[1] .. 'active') + redis.call('LLEN', ARGV[1] .. 'wait') - 1 - before
`);

/**
 * The key of the sorted set of processes that handle asks. The score of a process is the time at
 * which it counts as dead.
 */
const workersKey = (prefix: string) => `${prefix}:workers`;

/** Counts this process as a worker of the queue until disposed. */
export function joinCrew(redis: Redis, prefix: string): AsyncDisposable {
  const member = randomUUID();
  // A sign may fail while Redis cannot be reached or is full. Then the next sign follows as usual.
  const sign = () => live(redis, workersKey(prefix), member).catch(() => {});
  sign();
  const timer = setInterval(sign, BEAT_EVERY_MS).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      // While Redis cannot be reached, the worker is not removed. It gives no more signs, so it
      // soon counts as dead.
      if (redis.status === 'ready')
        await atMost(
          GOODBYE_MS,
          redis.zrem(workersKey(prefix), member).catch(() => 0),
        );
    },
  };
}

/** See {@link Queue.state}. */
export async function queueState(redis: Redis, prefix: string): Promise<QueueState> {
  const counts = await state(redis, workersKey(prefix), `${prefix}:ask:`, `${prefix}:erase:`);
  const [waiting = 0, running = 0, oldestMs = 0, workers = 0] = (counts as unknown[]).map(Number);
  return { waiting, running, oldestMs, workers };
}

/** See {@link Queue.ahead}. In BullMQ's list of waiting jobs, the next one is the last. */
export async function placeOf(redis: Redis, prefix: string, id: string): Promise<number | undefined> {
  const ahead = Number(await place(redis, `${prefix}:ask:`, id));
  return ahead < 0 ? undefined : ahead;
}
