import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'bullmq';
import { Failure } from '../failure.ts';
import type { JobKind, Queue } from './queue.ts';
import { connect, ready } from './redis/connection.ts';
import { translated, withoutArguments } from './redis/errors.ts';
import { openJobs } from './redis/jobs.ts';
import { redisReservations } from './redis/reservations.ts';
import { FULL_LUA, luaScript } from './redis/script.ts';
import { type Stored, startWorker } from './redis/worker.ts';
import { DEFAULT_RULES, type QueueRules } from './rules.ts';

export interface BullmqQueueOptions extends Partial<QueueRules> {
  /** `redis://user:password@host:port`, or `rediss:` for TLS. */
  readonly url: string;
  /** Of every key. Its braces keep all of them on one node of a Redis cluster. */
  readonly prefix?: string;
  /** A worker that dies loses its jobs to others after at most twice this, in milliseconds. The same for all workers. */
  readonly lockMs?: number;
  /** Told of connections lost, of what Redis refuses (without what was sent), and of what a handler throws that is no {@link Failure}. */
  readonly onError?: (cause: unknown) => void;
}

const tryWrite = luaScript(`${FULL_LUA}
  if full() then return 'full' end
  redis.call('SET', ARGV[1], '', 'PX', 1000)
`);

/**
 * Jobs in Redis, one BullMQ queue per kind, for any number of processes; a job outlives them all. A worker that is killed
 * loses its jobs to others within 10 s: a handler may see the same job again, and at the same time.
 */
export function bullmqQueue(options: BullmqQueueOptions): Queue {
  const { url, prefix = '{facefinder}', lockMs = 5_000, onError = () => {}, ...changed } = options;
  const rules: QueueRules = { ...DEFAULT_RULES, ...changed };
  const prompt = connect(url, 'prompt', onError);
  const patient = connect(url, 'patient', onError);
  const reservations = redisReservations(prompt, patient, prefix, rules);
  const jobs = openJobs({ connection: prompt, prefix, rules, reservations, report });
  const workers = new Map<JobKind, Worker<Stored>>();
  const closing = new AbortController();
  const givingUp = new AbortController();
  let closed: Promise<void> | undefined;

  // Told of BullMQ's own errors; those that are losses of our connections onError has heard of.
  function report(cause: unknown): void {
    const isLoss =
      cause instanceof Error && ('code' in cause || /connection|ECONN|writeable|max retries/i.test(cause.message));
    if (!closing.signal.aborted && !isLoss) onError(withoutArguments(cause));
  }

  async function close(): Promise<void> {
    closing.abort();
    const timer = setTimeout(() => givingUp.abort(new Failure('unavailable')), rules.graceMs);
    const done = new AbortController();
    // Redis may be away, and then no job can be given back.
    const late = sleep(rules.graceMs + 1_000, undefined, { signal: done.signal }).catch(() => {});
    await Promise.race([Promise.allSettled([...workers.values()].map((worker) => worker.close())), late]);
    clearTimeout(timer);
    done.abort();
    givingUp.abort(new Failure('unavailable'));
    for (const redis of [prompt, patient]) redis.disconnect();
    await jobs.close();
  }

  return {
    async add(job) {
      if (closed) throw new Failure('unavailable');
      return translated(() => jobs.add(job));
    },
    dropOwned: (owner) => translated(() => jobs.dropOwned(owner)),
    work(kind, concurrency, handler) {
      if (workers.has(kind)) throw new Error(`jobs of kind ${kind} have a handler already`);
      const signals = { closing: closing.signal, givingUp: givingUp.signal };
      const own = { kind, concurrency, handler, connection: patient, prefix, lockMs };
      const worker = startWorker({ ...own, ...signals, rules, reservations, onError });
      worker.on('error', report);
      worker.on('drained', () => jobs.forgetEvents(kind));
      workers.set(kind, worker);
    },
    depth: () => translated(() => jobs.counts()),
    async check() {
      try {
        if (closed) throw new Error('closed');
        await ready(prompt);
        if ((await tryWrite(prompt, `${prefix}:check`)) === 'full') throw new Error('its memory is 80 % used');
      } catch (cause) {
        throw new Failure('unavailable', { cause: withoutArguments(cause) });
      }
    },
    [Symbol.asyncDispose]() {
      closed ??= close();
      return closed;
    },
  };
}
