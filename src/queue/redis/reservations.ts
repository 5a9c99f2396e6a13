import type { Redis } from 'ioredis';
import type { Job, JobKind, Loss } from '../queue.ts';
import { isRemembered, type QueueRules } from '../rules.ts';
import { limitsOf, PACE_LUA, paceKey } from './pace.ts';
import { FULL_LUA, luaScript } from './script.ts';

/**
 * Keeps what BullMQ does not: the owner of each job, and which jobs were done lately.
 * `<prefix>:claims:<kind>:<owner>` is a sorted set of the ids of an owner's unfinished jobs. The
 * score is the time (milliseconds since 1970) until which the job may be on its way into BullMQ.
 * After that the job counts only if it arrived. `<prefix>:done:<kind>:<id>` exists for a day after
 * the job was done.
 */
export interface Reservations {
  /**
   * The first half of an add. `reserved`: the job counts from now on. `known`, `busy` and
   * `rate_limited` change nothing. `contested`: another process is adding the same job, so ask
   * again soon.
   */
  reserve(job: Job): Promise<'reserved' | 'known' | 'contested' | 'busy' | 'rate_limited'>;
  /** Takes back a reservation whose job did not arrive. */
  release(job: Job): Promise<void>;
  /** Whether a worker has done the job, but died before BullMQ noted that. */
  isDone(job: Job): Promise<boolean>;
  /** Ends a job. {@link isRemembered} says whether a repeated delivery is then `known`. */
  finish(job: Job, ending: 'done' | Loss): Promise<void>;
  /** The ids of the owner's jobs that BullMQ still has. */
  of(kind: JobKind, owner: string): Promise<string[]>;
}

/**
 * How long a job may take from its reservation until it arrives, in milliseconds. After that, the
 * process that adds it counts as dead.
 */
export const RESERVED_MS = 6_000;
/**
 * How long it is noted that a job was done. No platform repeats an update for longer than 24 hours.
 */
const REMEMBER_MS = 24 * 3_600_000;
/**
 * How long the reservations of an owner who never comes back are kept. None of their asks exists
 * for so long.
 */
const OWNER_MS = 7 * 24 * 3_600_000;

// BullMQ writes "ats" into a job at its first start, and locks it while a living worker handles it.
// A job with "ats" and without a lock waits for a further try.
//
// ARGV: done, claims, queue (BullMQ's prefix of this queue), id, now; and for jobs with limits:
// limit per owner, pace, limit in all, longest wait
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

// ARGV: done, claims, id, whether to remember; and for the pace: pace, queue
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
  /** The time, milliseconds since 1970, the same for all processes that reserve. */
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
