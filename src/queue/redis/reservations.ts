import type { Redis } from 'ioredis';
import type { Job, JobKind, Loss } from '../queue.ts';
import { isRemembered, type QueueRules } from '../rules.ts';
import { limitsOf, PACE_LUA, paceKey } from './pace.ts';
import { FULL_LUA, luaScript } from './script.ts';

/**
 * Keeps what BullMQ does not: the owner of each job, and which jobs have ended lately.
 * `<prefix>:claims:<kind>:<owner>` is a sorted set of the ids of an owner's unfinished jobs. A
 * job's score is the time (milliseconds since 1970) until which the process that reserved it may
 * take to add it to BullMQ. After that the job counts only if BullMQ has it.
 * `<prefix>:done:<kind>:<id>` exists for a day after the job's end, if the job is remembered (see
 * {@link isRemembered}).
 */
export interface Reservations {
  /**
   * Reserves a job before it is added to BullMQ. `reserved`: the job counts as unfinished from now
   * on. `contested`: another process has reserved the same job, so call this again soon. `known`,
   * `busy`, `rate_limited`: as for {@link Queue.add}. All but `reserved` change nothing.
   */
  reserve(job: Job): Promise<'reserved' | 'known' | 'contested' | 'busy' | 'rate_limited'>;
  /** Takes back the reservation of a job that was not added. */
  release(job: Job): Promise<void>;
  /** Whether a worker has done the job, but died before BullMQ noted that. */
  isDone(job: Job): Promise<boolean>;
  /** Notes that a job has ended, so that it no longer counts as unfinished. */
  finish(job: Job, ending: 'done' | Loss): Promise<void>;
  /** The ids of the owner's jobs that BullMQ still has. */
  of(kind: JobKind, owner: string): Promise<string[]>;
}

/**
 * How long after its reservation a job may take to be added, in milliseconds. After that, the
 * process that reserved it counts as dead.
 */
export const RESERVED_MS = 6_000;
/**
 * How long a job's end is remembered. No platform delivers an update again after 24 hours.
 */
const REMEMBER_MS = 24 * 3_600_000;
/**
 * How long an owner's set of unfinished jobs is kept after the last reservation. By then none of
 * the owner's asks exists any more.
 */
const OWNER_MS = 7 * 24 * 3_600_000;

// BullMQ writes the field "ats" into a job at the job's first start, and locks the job while a
// living worker handles it. A job with "ats" and without a lock waits for a further try, and does
// not count against its owner's limit.
//
// ARGV: done, claims, queue (BullMQ's prefix of this queue), id, now; and for asks also: limit per
// owner, pace, and the two of `limitsOf`
const reserve = luaScript(`${FULL_LUA} ${PACE_LUA}
  local done, claims, queue, id = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
  local at, perOwner = tonumber(ARGV[5]), tonumber(ARGV[6])
  if redis.call('EXISTS', done, queue .. id) > 0 then return 'known' end
  local counted = 0
  local members = redis.call('ZRANGE', claims, 0, -1, 'WITHSCORES')
  for i = 1, #members, 2 do
    local member, until_ = members[i], tonumber(members[i + 1])
    local arrived = redis.call('EXISTS', queue .. member) == 1
    local started = redis.call('HEXISTS', queue .. member, 'ats') == 1
    local locked = redis.call('EXISTS', queue .. member .. ':lock') == 1
    if not arrived and until_ <= at then
      redis.call('ZREM', claims, member)
    elseif member == id then
      return 'contested'
    elseif locked or not started then
      counted = counted + 1
    end
  end
  if perOwner then
    if counted >= perOwner then return 'rate_limited' end
    if too_much(ARGV[7], queue, tonumber(ARGV[8]), tonumber(ARGV[9])) or full() then return 'busy' end
  end
  redis.call('ZADD', claims, at + ${RESERVED_MS}, id)
  redis.call('PEXPIRE', claims, ${OWNER_MS})
  return 'reserved'
`);

// ARGV: done, claims, id, whether to remember; and for an ask that changes the pace: pace, queue
const finish = luaScript(`${PACE_LUA}
  redis.call('ZREM', ARGV[2], ARGV[3])
  if ARGV[4] == '1' then redis.call('SET', ARGV[1], '', 'PX', ${REMEMBER_MS}) end
  if ARGV[5] then ended(ARGV[5], ARGV[6]) end
`);

// ARGV: claims, queue
const alive = luaScript(`
  local ids = {}
  for _, id in ipairs(redis.call('ZRANGE', ARGV[1], 0, -1)) do
    if redis.call('EXISTS', ARGV[2] .. id) == 1 then ids[#ids + 1] = id end
  end
  return ids
`);

export interface ReservationsOptions {
  /** The connection that reserves and releases. */
  readonly prompt: Redis;
  /** The workers' connection, which ends jobs. */
  readonly patient: Redis;
  readonly prefix: string;
  readonly rules: QueueRules;
  /** The time, milliseconds since 1970, by the clock that all processes of the queue share. */
  readonly now: () => number;
}

export function redisReservations({ prompt, patient, prefix, rules, now }: ReservationsOptions): Reservations {
  const queueKey = (kind: JobKind) => `${prefix}:${kind}:`;
  const claimsKey = (kind: JobKind, owner: string) => `${prefix}:claims:${kind}:${owner}`;
  const keysOf = ({ kind, id, owner }: Job) => [`${prefix}:done:${kind}:${id}`, claimsKey(kind, owner)] as const;

  return {
    async reserve(job) {
      const limits = job.kind === 'ask' ? [rules.maxPerOwner, paceKey(prefix), ...limitsOf(rules)] : [];
      const answer = await reserve(prompt, ...keysOf(job), queueKey(job.kind), job.id, now(), ...limits);
      return answer as Awaited<ReturnType<Reservations['reserve']>>;
    },
    async release(job) {
      await prompt.zrem(claimsKey(job.kind, job.owner), job.id);
    },
    async isDone(job) {
      const [done] = keysOf(job);
      return (await patient.exists(done)) === 1;
    },
    async finish(job, ending) {
      const remember = isRemembered(job, ending === 'done');
      const pace = job.kind === 'ask' && ending !== 'withdrawn' ? [paceKey(prefix), queueKey('ask')] : [];
      await finish(patient, ...keysOf(job), job.id, remember ? 1 : 0, ...pace);
    },
    async of(kind, owner) {
      return (await alive(prompt, claimsKey(kind, owner), queueKey(kind))) as string[];
    },
  };
}
