import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { Failure } from '../failure.ts';
import type { Pending, PendingItem, Shelf } from './pending.ts';
import { connect, FULL_LUA, luaScript, ready, translated } from './redis.ts';

export interface RedisPendingOptions {
  readonly url: string;
  /** Of every key, as for the queue. */
  readonly prefix?: string;
  /** Told of connections lost. */
  readonly onError?: (cause: unknown) => void;
}

/**
 * `<p>:<shelf>` is a sorted set of ids by the time they expire, `<p>:<shelf>:<id>` the item, a hash, and `<p>:owner:<owner>`
 * a set of all of an owner's `<shelf>:<id>`. Nothing expires by itself: a placeholder past its time must still be answered.
 */
const LIBRARY = `
  local p = ARGV[1]
  local function remove(shelf, id)
    local key = p .. ':' .. shelf .. ':' .. id
    local owner = redis.call('HGET', key, 'owner')
    if not owner then return end
    redis.call('DEL', key)
    redis.call('ZREM', p .. ':' .. shelf, id)
    redis.call('SREM', p .. ':owner:' .. owner, shelf .. ':' .. id)
  end
  local function item(shelf, id)
    local fields = redis.call('HMGET', p .. ':' .. shelf .. ':' .. id, 'owner', 'body', 'expiresAt')
    return fields[1] and { id, fields[1], fields[2], fields[3] }
  end
  local function timely(shelf, id, now)
    local found = item(shelf, id)
    return found and tonumber(found[4]) > tonumber(now) and found
  end
`;

// ARGV: p, shelf, id, owner, body, expiresAt, and of the item that must be there still: owner, body, expiresAt
const put = luaScript(`${LIBRARY} ${FULL_LUA}
  local shelf, id, owner, body, expiresAt = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
  local before = redis.call('HGET', p .. ':' .. shelf .. ':' .. id, 'body')
  local shrinks = before and #body <= #before
  if ARGV[7] then
    local found = item(shelf, id)
    if not found or found[2] ~= ARGV[7] or found[3] ~= ARGV[8] or found[4] ~= ARGV[9] then return 'changed' end
  elseif shelf ~= 'erasure' and not shrinks and full() then
    return 'full'
  end
  -- First of all something that a brim-full Redis refuses, so that it changes nothing; what needs no more room begins with a
  -- deletion instead.
  if not shrinks then redis.call('SADD', p .. ':owner:' .. owner, shelf .. ':' .. id) end
  remove(shelf, id)
  redis.call('HSET', p .. ':' .. shelf .. ':' .. id, 'owner', owner, 'body', body, 'expiresAt', expiresAt)
  redis.call('ZADD', p .. ':' .. shelf, expiresAt, id)
  redis.call('SADD', p .. ':owner:' .. owner, shelf .. ':' .. id)
`);

// ARGV: p, shelf, id, now, owner
const take = luaScript(`${LIBRARY}
  local found = timely(ARGV[2], ARGV[3], ARGV[4])
  if not found then return nil end
  if found[2] ~= ARGV[5] then return 'not_yours' end
  remove(ARGV[2], ARGV[3])
  return found
`);

// ARGV: p, shelf, id, now
const read = luaScript(`${LIBRARY}
  return timely(ARGV[2], ARGV[3], ARGV[4]) or nil
`);

// ARGV: p, shelf, id
const drop = luaScript(`${LIBRARY}
  remove(ARGV[2], ARGV[3])
`);

// ARGV: p, shelf
const list = luaScript(`${LIBRARY}
  local found = {}
  for _, id in ipairs(redis.call('ZRANGE', p .. ':' .. ARGV[2], 0, -1)) do found[#found + 1] = item(ARGV[2], id) end
  return found
`);

// ARGV: p, owner
const dropOwned = luaScript(`${LIBRARY}
  local dropped = 0
  for _, member in ipairs(redis.call('SMEMBERS', p .. ':owner:' .. ARGV[2])) do
    local shelf, id = member:match('^(%a+):(.*)$')
    if shelf ~= 'erasure' then
      remove(shelf, id)
      dropped = dropped + 1
    end
  end
  return dropped
`);

// ARGV: p, now
const tidy = luaScript(`${LIBRARY}
  for _, shelf in ipairs({ 'parked', 'awaiting', 'presence' }) do
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', p .. ':' .. shelf, '-inf', ARGV[2])) do remove(shelf, id) end
  end
`);

/** Longest time that a rewrite of the append-only file may take. */
const REWRITE_MS = 30_000;

/** The shelves of production, shared by all processes. As durable as Redis is told to be: appendfsync always. */
export function redisPending({ url, prefix = '{facefinder}', onError = () => {} }: RedisPendingOptions): Pending {
  const redis = connect(url, 'prompt', onError);
  const p = `${prefix}:pending`;
  let open = true;

  function call<T>(work: () => Promise<T>): Promise<T> {
    return translated(async () => {
      if (!open) throw new Failure('unavailable');
      await ready(redis);
      return work();
    });
  }

  const write = (shelf: Shelf, { id, owner, body, expiresAt }: PendingItem, before?: PendingItem) =>
    call(async () => {
      const expected = before ? [before.owner, before.body, before.expiresAt] : [];
      const outcome = await put(redis, p, shelf, id, owner, body, expiresAt, ...expected);
      if (outcome === 'full') throw new Failure('busy');
      return outcome !== 'changed';
    });

  return {
    put: async (shelf, item) => {
      await write(shelf, item);
    },
    replace: write,
    take: (shelf, id, owner) =>
      call(async () => {
        const taken = await take(redis, p, shelf, id, Date.now(), owner);
        return taken === 'not_yours' ? taken : itemOf(taken);
      }),
    read: (shelf, id) => call(async () => itemOf(await read(redis, p, shelf, id, Date.now()))),
    drop: (shelf, id) =>
      call(async () => {
        await drop(redis, p, shelf, id);
      }),
    list: (shelf: Shelf) =>
      call(async () => ((await list(redis, p, shelf)) as unknown[]).flatMap((row) => itemOf(row) ?? [])),
    dropOwned: (owner) => call(async () => Number(await dropOwned(redis, p, owner))),
    tidy: (now) =>
      call(async () => {
        await tidy(redis, p, now);
      }),
    scrub: () => call(() => rewriteLog(redis)),
    async [Symbol.asyncDispose]() {
      open = false;
      redis.disconnect();
    },
  };
}

function itemOf(row: unknown): PendingItem | undefined {
  if (!Array.isArray(row)) return undefined;
  const [id, owner, body, expiresAt] = row.map(String);
  return { id: id ?? '', owner: owner ?? '', body: body ?? '', expiresAt: Number(expiresAt) };
}

/**
 * Removed items, and the queue's finished jobs, live on in Redis's append-only file until it is rewritten from what is in
 * memory: this asks for that and waits for it. True as well where Redis keeps no such file, or where its operator does not let
 * us (its disk is then theirs to answer for: PRIVACY says so).
 */
async function rewriteLog(redis: Redis): Promise<boolean> {
  const giveUpAt = Date.now() + REWRITE_MS;
  let asked = false;
  while (Date.now() < giveUpAt) {
    const { enabled, busy, failed } = await logState(redis);
    if (!enabled) return true;
    if (asked && !busy) return !failed;
    // A rewrite that was under way before us may have missed the latest removals: only one of our own counts.
    const answer = busy ? 'under way' : await askForRewrite(redis);
    if (answer === 'refused') return true;
    asked ||= answer === 'started';
    await sleep(50);
  }
  return false;
}

async function askForRewrite(redis: Redis): Promise<'started' | 'under way' | 'refused'> {
  try {
    await redis.bgrewriteaof();
    return 'started';
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    if (/^(NOPERM|ERR unknown command)/.test(cause.message)) return 'refused';
    if (/in progress/.test(cause.message)) return 'under way';
    throw cause;
  }
}

async function logState(redis: Redis): Promise<{ enabled: boolean; busy: boolean; failed: boolean }> {
  const info = await redis.info('persistence');
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  return {
    enabled: field('aof_enabled') === '1',
    busy: field('aof_rewrite_in_progress') === '1' || field('aof_rewrite_scheduled') === '1',
    failed: field('aof_last_bgrewrite_status') !== 'ok',
  };
}
