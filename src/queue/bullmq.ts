import type { Worker } from 'bullmq';
import { Cause } from '../cause.ts';
import { Failure } from '../failure.ts';
import { atMost } from '../timing/within.ts';
import type { JobKind, Queue, QueueListener } from './queue.ts';
import type { RedisAddress } from './redis/address.ts';
import { redisClock } from './redis/clock.ts';
import { connect, onRedis } from './redis/connection.ts';
import { joinCrew, placeOf, queueState } from './redis/crew.ts';
import { explained, isLost, isNotPrimary } from './redis/errors.ts';
import { openJobs } from './redis/jobs.ts';
import { redisReservations } from './redis/reservations.ts';
import { FULL_LUA, luaScript } from './redis/script.ts';
import { type Stored, startWorker } from './redis/worker.ts';
import { DEFAULT_RULES, type QueueRules } from './rules.ts';

export interface BullmqQueueOptions extends Partial<QueueRules>, QueueListener, RedisAddress {
  /** The first part of every key. Its braces keep all keys on one node of a Redis cluster. */
  readonly prefix?: string;
  /**
   * How long a worker's lock on a job lasts if it is not renewed, in milliseconds. When a worker
   * dies, other workers get its jobs within twice this time. The value must be the same for all
   * workers.
   */
  readonly lockMs?: number;
}

const tryWrite = luaScript(`${FULL_LUA}
  if full() then return 'full' end
  redis.call('SET', ARGV[1], '', 'PX', 1000)
`);

/**
 * Opens the queue in Redis, which has one BullMQ queue for each kind of job. Any number of
 * processes may use it. Jobs survive the end of every process. When a worker is killed, or cannot
 * renew its locks, other workers get its jobs within 10 s. In the second case, two handlers may
 * have the same job at the same time.
 */
export function bullmqQueue(options: BullmqQueueOptions): Queue {
  const { url, caFile, prefix = '{facefinder}', lockMs = 5_000, ...given } = options;
  const { onError = () => {}, onLoss = () => {}, ...changed } = given;
  const rules: QueueRules = { ...DEFAULT_RULES, ...changed };
  const address = { url, ...(caFile !== undefined && { caFile }) };
  const prompt = connect(address, 'prompt', onError);
  const patient = connect(address, 'patient', onError);
  const clock = redisClock({ redis: prompt, local: Date.now, onError });
  const { now } = clock;
  const reservations = redisReservations({ prompt, patient, prefix, rules, now });
  const jobs = openJobs({ connection: prompt, prefix, rules, reservations, now, onLoss, report });
  const crew = new AsyncDisposableStack();
  const workers = new Map<JobKind, Worker<Stored>>();
  const closing = new AbortController();
  const givingUp = new AbortController();
  let closed: Promise<void> | undefined;

  // Reports errors that BullMQ emits. The connections report their losses to `onError` themselves.
  function report(error: unknown): void {
    if (!closing.signal.aborted && !isLost(error) && !isNotPrimary(error)) onError(explained(error));
  }

  async function close(): Promise<void> {
    closing.abort();
    const timer = setTimeout(() => givingUp.abort(new Failure('unavailable')), rules.graceMs);
    // While Redis cannot be reached, no job can be given back to it. So the wait for that is
    // limited.
    await atMost(rules.graceMs + 1_000, Promise.allSettled([...workers.values()].map((worker) => worker.close())));
    clearTimeout(timer);
    givingUp.abort(new Failure('unavailable'));
    await crew.disposeAsync();
    clock[Symbol.dispose]();
    for (const redis of [prompt, patient]) redis.disconnect();
    await jobs.close();
  }

  return {
    async add(job, ready) {
      // `ready` may reject before it is awaited. Without this line that would end the process.
      ready?.catch(() => {});
      if (closed) throw new Failure('unavailable');
      return jobs.add(job, ready);
    },
    dropOwned: (owner) => jobs.dropOwned(owner),
    ahead: (id) => onRedis(prompt, () => placeOf(prompt, prefix, id)),
    work(kind, concurrency, handler) {
      if (workers.has(kind)) throw new Error(`jobs of kind ${kind} have a handler already`);
      const signals = { closing: closing.signal, givingUp: givingUp.signal };
      const own = { kind, concurrency, handler, connection: patient, prefix, lockMs };
      const worker = startWorker({ ...own, ...signals, rules, reservations, clock, onError, onLoss });
      if (kind === 'ask') crew.use(joinCrew(patient, prefix));
      worker.on('error', report);
      worker.on('drained', () => jobs.forgetEvents(kind));
      workers.set(kind, worker);
    },
    state: () => onRedis(prompt, () => queueState(prompt, prefix)),
    async check() {
      if (closed) throw new Failure('unavailable', { cause: new Error('closed') });
      const answer = await onRedis(prompt, () => tryWrite(prompt, `${prefix}:check`));
      if (answer === 'full') throw new Failure('unavailable', { cause: new Cause('redis_full') });
      try {
        clock.check();
      } catch (cause) {
        throw new Failure('unavailable', { cause });
      }
    },
    now,
    [Symbol.asyncDispose]() {
      closed ??= close();
      return closed;
    },
  };
}
