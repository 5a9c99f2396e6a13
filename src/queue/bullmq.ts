import { setTimeout as sleep } from 'node:timers/promises';
import { type Job as BullJob, Queue as BullQueue, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { Failure } from '../failure.ts';
import { redisClaims } from './claims.ts';
import type { Job, JobHandler, JobKind, Queue } from './queue.ts';
import { connect, ready, translated, within, withoutArguments } from './redis.ts';
import { DEFAULT_RULES, delayAfter, delayMs, isPast, jobSignal, type QueueRules } from './rules.ts';

export interface BullmqQueueOptions extends Partial<QueueRules> {
  /** `redis://user:password@host:port`, or `rediss:` for TLS. */
  readonly url: string;
  /** Of every key. Its braces keep all of them on one node of a Redis cluster. */
  readonly prefix?: string;
  /** Told of connections lost, and of everything a handler throws that is no {@link Failure}. */
  readonly onError?: (cause: unknown) => void;
}

/** What stands in Redis of a job, besides its id. */
type Stored = Pick<Job, 'owner' | 'body' | 'deadline'>;

const KINDS: readonly JobKind[] = ['ask', 'erase'];
/** A worker that dies loses its jobs to others after at most the two together. Renewed every half of it. */
const LOCK_MS = 5_000;
const STALLED_CHECK_MS = 5_000;
/** From claim to arrival. */
const ADD_MS = 5_000;
/** After Redis was away. */
const RETRY_MS = 1_000;
const WITHOUT_BOUND = 2 ** 31 - 1;
const JOB = { backoff: { type: 'custom' }, removeOnComplete: true, removeOnFail: true, stackTraceLimit: 0 } as const;
/** What is told of a failure in Redis: nothing but that the job comes again, or that it ended. */
const AGAIN = 'again';
const ENDED = 'ended';

/**
 * Jobs in Redis, one BullMQ queue per kind, for any number of processes; a job outlives them all. A worker that is killed
 * loses its jobs to others within 10 s: a handler may see the same job again, and at the same time.
 */
export function bullmqQueue(options: BullmqQueueOptions): Queue {
  const { url, prefix = '{facefinder}', onError = () => {}, ...changed } = options;
  const rules: QueueRules = { ...DEFAULT_RULES, ...changed };
  const prompt = connect(url, 'prompt', onError);
  const patient = connect(url, 'patient', onError);
  const claims = redisClaims(prompt, patient, prefix, rules);
  const queues = { ask: openQueue('ask'), erase: openQueue('erase') };
  const workers = new Map<JobKind, Worker<Stored>>();
  const givingUp = new AbortController();
  let open = true;
  let closed: Promise<void> | undefined;

  // A queue of events that nobody reads; said again after each loss, should Redis have lost its memory too.
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

  // BullMQ passes on the losses of our connections, of which onError has heard.
  function report(cause: Error): void {
    const isConnectionLoss = 'code' in cause || /connection|ECONN|writeable/i.test(cause.message);
    if (open && !isConnectionLoss) onError(cause);
  }

  // Events name jobs; nobody listens to them, so none is kept once there is nothing to do.
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
    const giveUpAt = Date.now() + ADD_MS;
    await ready(prompt);
    if ((await claimRoom(job, giveUpAt)) === 'known') return 'known';
    const { id, kind, owner, body, deadline } = job;
    try {
      const stored = deadline === undefined ? { owner, body } : { owner, body, deadline };
      await within(giveUpAt - Date.now(), queues[kind].add(kind, stored, { ...JOB, ...attempts(kind), jobId: id }));
      return 'added';
    } catch (cause) {
      await claims.release(job).catch(report);
      throw cause;
    }
  }

  function attempts(kind: JobKind) {
    return { attempts: kind === 'ask' ? rules.attempts : WITHOUT_BOUND };
  }

  async function attempt(handler: JobHandler, job: Job, failures: number, lockLost: AbortSignal): Promise<void> {
    const now = Date.now();
    if ((await claims.start(job)) === 'done') return;
    if (isPast(job, now)) return claims.finish(job, true);
    const lastTry = delayAfter(job, failures + 1, now, rules) === undefined;
    const signal = AbortSignal.any([jobSignal(job, now, givingUp.signal), lockLost]);
    try {
      await unless(givingUp.signal, handler(job, { lastTry, signal }));
    } catch (cause) {
      if (givingUp.signal.aborted) throw cause;
      if (!(cause instanceof Failure) && !signal.aborted) onError(cause);
      if (cause instanceof Failure && cause.again && !lastTry) throw cause;
      // An erasure that did not happen may be asked for again under the same id.
      await claims.finish(job, job.kind === 'ask');
      throw new UnrecoverableError(ENDED);
    }
    await claims.finish(job, true);
  }

  async function process(handler: JobHandler, job: Job, bull: BullJob<Stored>, lockLost: AbortSignal): Promise<void> {
    // Closing came between this job's fetching and its start.
    if (!open) return putBack(bull);
    try {
      await attempt(handler, job, bull.attemptsMade, lockLost);
    } catch (cause) {
      if (givingUp.signal.aborted) return putBack(bull);
      // BullMQ writes down an error's message: it gets one of two words.
      throw cause instanceof UnrecoverableError ? cause : new Error(AGAIN);
    }
  }

  async function putBack(bull: BullJob<Stored>): Promise<never> {
    await bull.moveToWait(bull.token);
    throw new WaitingError();
  }

  function openWorker(kind: JobKind, concurrency: number, handler: JobHandler): Worker<Stored> {
    const never = new AbortController().signal;
    const worker = new Worker<Stored>(
      kind,
      (bull, _token, lockLost = never) => process(handler, jobOf(kind, bull), bull, lockLost),
      {
        connection: patient,
        prefix,
        concurrency,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_CHECK_MS,
        maxStalledCount: attempts(kind).attempts,
        runRetryDelay: RETRY_MS,
        settings: { backoffStrategy: (failures) => delayMs(failures, rules) },
      },
    );
    worker.on('error', report);
    worker.on('drained', () => forgetEvents(kind));
    // By now another worker has them.
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) worker.cancelJob(id);
    });
    // It took down one worker after the other, and BullMQ ended it unseen.
    worker.on('failed', (bull) => {
      if (bull?.deferredFailure) claims.finish(jobOf(kind, bull), kind === 'ask').catch(report);
    });
    return worker;
  }

  async function close(): Promise<void> {
    const timer = setTimeout(() => givingUp.abort(new Failure('unavailable')), rules.graceMs);
    const idle = new AbortController();
    // Redis may be away, and then no job can be given back.
    const late = sleep(rules.graceMs + 1_000, undefined, { signal: idle.signal }).catch(() => {});
    await Promise.race([Promise.allSettled([...workers.values()].map((worker) => worker.close())), late]);
    clearTimeout(timer);
    idle.abort();
    givingUp.abort(new Failure('unavailable'));
    for (const redis of [prompt, patient]) redis.disconnect();
    await Promise.allSettled(Object.values(queues).map((queue) => queue.close()));
  }

  return {
    async add(job) {
      if (!open) throw new Failure('unavailable');
      return translated(() => accept(job));
    },

    async dropOwned(owner) {
      return translated(async () => {
        await ready(prompt);
        let dropped = 0;
        for (const id of await claims.of('ask', owner)) {
          // 0: it is under way.
          if ((await queues.ask.remove(id)) === 0) continue;
          await claims.finish({ kind: 'ask', id, owner, body: '' }, true);
          dropped += 1;
        }
        await forgetEvents('ask');
        return dropped;
      });
    },

    work(kind, concurrency, handler) {
      if (workers.has(kind)) throw new Error(`jobs of kind ${kind} have a handler already`);
      workers.set(kind, openWorker(kind, concurrency, handler));
    },

    async depth() {
      return translated(async () => {
        await ready(prompt);
        const counts = await Promise.all(Object.values(queues).map((queue) => queue.getJobCounts()));
        const sum = (...states: string[]) =>
          counts.reduce((all, count) => all + states.reduce((some, state) => some + (count[state] ?? 0), 0), 0);
        return { waiting: sum('waiting', 'delayed'), running: sum('active') };
      });
    },

    async check() {
      try {
        if (!open) throw new Error('closed');
        await ready(prompt);
        // A write, so that a full Redis is found out.
        await prompt.set(`${prefix}:check`, '', 'PX', 1_000);
      } catch (cause) {
        throw new Failure('unavailable', { cause: withoutArguments(cause) });
      }
    },

    [Symbol.asyncDispose]() {
      open = false;
      closed ??= close();
      return closed;
    },
  };
}

function jobOf(kind: JobKind, { id = '', data }: BullJob<Stored>): Job {
  return { id, kind, ...data };
}

/** What `work` gives, unless `signal` aborts first: then its reason is thrown, and the work goes on unheard. */
async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
