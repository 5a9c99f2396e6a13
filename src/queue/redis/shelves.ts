import { TIMELESS } from '../pending.ts';
import { FULL_LUA, luaScript } from './script.ts';

/**
 * Functions for the scripts below. `<p>:<shelf>` is a sorted set of ids by expiry,
 * `<p>:<shelf>:<id>` is the item as a hash, and `<p>:owner:<owner>` is a set of all `<shelf>:<id>`
 * of an owner. No key has a time to live in Redis, because an expired placeholder must still be
 * found, so that its person gets an answer. Redis' clock decides which items have expired.
 */
const LIBRARY = `
  local p = ARGV[1]
  -- A replica refuses this deletion, although there is nothing to delete. So no script gives a
  -- replica's data, which may be old.
  local function refuseOnReplica() redis.call('DEL', p .. ':nothing') end
  local function remove(shelf, id)
    refuseOnReplica()
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
  local timeless = { ${TIMELESS.map((shelf) => `${shelf} = true`).join(', ')} }
  local function timely(shelf, id)
    local found = item(shelf, id)
    if timeless[shelf] then return found end
    local time = redis.call('TIME')
    return found and (tonumber(found[4]) or 0) > time[1] * 1000 + time[2] / 1000 and found
  end
`;

// ARGV: p, shelf, id, owner, body, expiresAt. Then may follow 'new' (no timely item may be there),
// or 'beside' and the shelf and id of an item that must be there, or the owner, body and expiresAt
// that the item to replace must have.
export const put = luaScript(`${LIBRARY} ${FULL_LUA}
  local shelf, id, owner, body, expiresAt = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
  local before = redis.call('HGET', p .. ':' .. shelf .. ':' .. id, 'body')
  local shrinks = before and #body <= #before
  if ARGV[7] == 'new' and timely(shelf, id) then
    refuseOnReplica()
    return 'there'
  end
  if ARGV[7] == 'beside' and not item(ARGV[8], ARGV[9]) then
    refuseOnReplica()
    return 'changed'
  end
  if ARGV[8] and ARGV[7] ~= 'beside' then
    local found = item(shelf, id)
    if not found or found[2] ~= ARGV[7] or found[3] ~= ARGV[8] or found[4] ~= ARGV[9] then
      refuseOnReplica()
      return 'changed'
    end
  elseif shelf ~= 'erasure' and shelf ~= 'journal' and not shrinks and full() then
    return 'full'
  end
  -- A full Redis refuses an addition unless the script has written before. So an item that needs more
  -- room is first added to its owner's set, which fails before anything has changed. For other items
  -- the script begins with a deletion, so that it is not refused.
  if not shrinks then redis.call('SADD', p .. ':owner:' .. owner, shelf .. ':' .. id) end
  remove(shelf, id)
  redis.call('HSET', p .. ':' .. shelf .. ':' .. id, 'owner', owner, 'body', body, 'expiresAt', expiresAt)
  redis.call('ZADD', p .. ':' .. shelf, expiresAt, id)
  redis.call('SADD', p .. ':owner:' .. owner, shelf .. ':' .. id)
`);

// ARGV: p, shelf, id, owner
export const take = luaScript(`${LIBRARY}
  refuseOnReplica()
  local found = timely(ARGV[2], ARGV[3])
  if not found then return nil end
  if found[2] ~= ARGV[4] then return 'not_yours' end
  remove(ARGV[2], ARGV[3])
  return found
`);

// ARGV: p, shelf, id
export const read = luaScript(`${LIBRARY}
  refuseOnReplica()
  return timely(ARGV[2], ARGV[3]) or nil
`);

// ARGV: p, shelf, id
export const drop = luaScript(`${LIBRARY}
  remove(ARGV[2], ARGV[3])
`);

// ARGV: p, shelf, until
export const list = luaScript(`${LIBRARY}
  refuseOnReplica()
  local found = {}
  local ids = redis.call('ZRANGEBYSCORE', p .. ':' .. ARGV[2], '-inf', ARGV[3])
  for _, id in ipairs(ids) do found[#found + 1] = item(ARGV[2], id) end
  return found
`);

// ARGV: p, shelf, owner
export const owned = luaScript(`${LIBRARY}
  refuseOnReplica()
  local found = {}
  for _, member in ipairs(redis.call('SMEMBERS', p .. ':owner:' .. ARGV[3])) do
    local shelf, id = member:match('^(%a+):(.*)$')
    if shelf == ARGV[2] then found[#found + 1] = item(shelf, id) end
  end
  local function expiry(one) return tonumber(one[4]) or 0 end
  table.sort(found, function(one, other) return expiry(one) < expiry(other) end)
  return found
`);

// ARGV: p, owner
export const dropOwned = luaScript(`${LIBRARY}
  refuseOnReplica()
  local dropped = 0
  for _, member in ipairs(redis.call('SMEMBERS', p .. ':owner:' .. ARGV[2])) do
    local shelf, id = member:match('^(%a+):(.*)$')
    if shelf ~= 'erasure' then
      remove(shelf, id)
      -- The item may have a damaged owner, and then it was not removed from this set.
      redis.call('SREM', p .. ':owner:' .. ARGV[2], member)
      dropped = dropped + 1
    end
  end
  return dropped
`);

// ARGV: p, now, shelves
export const tidy = luaScript(`${LIBRARY}
  for n = 3, #ARGV do
    local ids = redis.call('ZRANGEBYSCORE', p .. ':' .. ARGV[n], '-inf', ARGV[2])
    for _, id in ipairs(ids) do remove(ARGV[n], id) end
  end
`);

// ARGV: p, a new mark
export const memory = luaScript(`
  local key = ARGV[1] .. ':memory'
  redis.call('SET', key, ARGV[2], 'NX')
  return redis.call('GET', key)
`);
