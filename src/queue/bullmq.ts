import { setTimeout as sleep } from 'node:timers/promises';
import { Queue as BullQueue, type Worker } from 'bullmq';
import { Failure } from '../failure.ts';
import { boundOf, type Stored, startWorker } from './bullmq-worker.ts';
import { CLAIM_MS, redisClaims } from './claims.ts';
import type { Job, JobKind, Queue } from './queue.ts';
import { connect, FULL_LUA, luaScript, ready, translated, within, withoutArguments } from './redis.ts';
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

const KINDS: readonly JobKind[] = ['ask', 'erase'];
/** From claim to arrival: over before the claim is. */
const ADD_MS = CLAIM_MS - 1_000;
/** For a claim of this very job that somebody else made: by then it has arrived, or they are dead. */
const CONTEST_MS = CLAIM_MS + 2_000;
const tryWrite = luaScript(`${FULL_LUA}
  if full() then return 'full' end
  redis.call('SET', ARGV[1], '', 'PX', 1000)
`);
const KEEP_NOTHING = { removeOnComplete: true, removeOnFail: true, stackTraceLimit: 0 } as const;

/**
 * Jobs in Redis, one BullMQ queue per kind, for any number of processes; a job outlives them all. A worker that is killed
 * loses its jobs to others within 10 s: a handler may see the same job again, and at the same time.
 */
export function bullmqQueue(options: BullmqQueueOptions): Queue {
  const { url, prefix = '{facefinder}', lockMs = 5_000, onError = () => {}, ...changed } = options;
  const rules: QueueRules = { ...DEFAULT_RULES, ...changed };
  const prompt = connect(url, 'prompt', onError);
  const patient = connect(url, 'patient', onError);
  const claims = redisClaims(prompt, patient, prefix, rules);
  const queues = { ask: openQueue('ask'), erase: openQueue('erase') };
  const workers = new Map<JobKind, Worker<Stored>>();
  const closing = new AbortController();
  const givingUp = new AbortController();
  let closed: Promise<void> | undefined;

  // No event is kept for readers that do not exist; said again after each loss, should Redis have lost its memory too.
  prompt.on('ready', () => {
    for (const kind of KINDS) prompt.hset(`${prefix}:${kind}:meta`, 'opts.maxLenEvents', 0).catch(report);
  });

  function openQueue(kind: JobKind): BullQueue<Stored> {
    const queue = new BullQueue<Stored>(kind, {
      connection: prompt,
      prefix,
      // A queue that is made while Redis is away sends nothing, so that nothing fails for good.
      skipWaitingForReady: true,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    });
    return queue.on('error', report);
  }

  // Told of BullMQ's own errors; those that are losses of our connections onError has heard of.
  function report(cause: unknown): void {
    const isLoss =
      cause instanceof Error && ('code' in cause || /connection|ECONN|writeable|max retries/i.test(cause.message));
    if (!closing.signal.aborted && !isLoss) onError(withoutArguments(cause));
  }

  // BullMQ trims its events by whole blocks of them: this removes the last, which name jobs that are long gone.
  async function forgetEvents(kind: JobKind): Promise<void> {
    await queues[kind].trimEvents(0).catch(report);
  }

  async function claimRoom(job: Job, giveUpAt: number): Promise<'claimed' | 'known'> {
    while (Date.now() < giveUpAt) {
      const answer = await claims.claim(job);
      if (answer === 'claimed' || answer === 'known') return answer;
      if (answer !== 'contested') throw new Failure(answer);
      await sleep(50);
    }
    throw new Failure('unavailable');
  }

  async function accept(job: Job): Promise<'added' | 'known'> {
    await ready(prompt);
    if ((await claimRoom(job, Date.now() + CONTEST_MS)) === 'known') return 'known';
    const { id, kind, owner, body, deadline } = job;
    const stored = deadline === undefined ? { owner, body } : { owner, body, deadline };
    const retries = { attempts: boundOf(kind, rules), backoff: { type: 'custom' } };
    try {
      const added = queues[kind].add(kind, stored, { ...KEEP_NOTHING, ...retries, jobId: id });
      await within(ADD_MS, added);
      return 'added';
    } catch (cause) {
      await claims.release(job).catch(report);
      throw cause;
    }
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
    await Promise.allSettled(Object.values(queues).map((queue) => queue.close()));
  }

  return {
    async add(job) {
      if (closed) throw new Failure('unavailable');
      return translated(() => accept(job));
    },

    async dropOwned(owner) {
      return translated(async () => {
        await ready(prompt);
        let dropped = 0;
        for (const id of await claims.of('ask', owner)) {
          const isUnderWay = (await queues.ask.remove(id)) === 0;
          if (isUnderWay) continue;
          await claims.finish({ kind: 'ask', id, owner, body: '' }, true);
          dropped += 1;
        }
        await forgetEvents('ask');
        return dropped;
      });
    },

    work(kind, concurrency, handler) {
      if (workers.has(kind)) throw new Error(`jobs of kind ${kind} have a handler already`);
      const signals = { closing: closing.signal, givingUp: givingUp.signal };
      const own = { kind, concurrency, handler, connection: patient, prefix, lockMs };
      const worker = startWorker({ ...own, ...signals, rules, claims, onError });
      worker.on('error', report);
      worker.on('drained', () => forgetEvents(kind));
      workers.set(kind, worker);
    },

    async depth() {
      return translated(async () => {
        await ready(prompt);
        const counts = await Promise.all(Object.values(queues).map((queue) => queue.getJobCounts()));
        const sum = (state: string) => counts.reduce((total, count) => total + (count[state] ?? 0), 0);
        return { waiting: sum('waiting') + sum('delayed'), running: sum('active') };
      });
    },

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
