import { type Job as BullJob, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { Failure } from '../../failure.ts';
import { unless } from '../../timing/within.ts';
import type { Job, JobHandler, JobKind, Loss, QueueListener } from '../queue.ts';
import { delayAfter, delayMs, isPast, jobSignal, type QueueRules } from '../rules.ts';
import type { RedisClock } from './clock.ts';
import { explained } from './errors.ts';
import type { Reservations } from './reservations.ts';

/** What Redis holds of a job, besides its id and kind. */
export type Stored = Pick<Job, 'owner' | 'body' | 'deadline'>;

export interface WorkerOptions extends Required<QueueListener> {
  readonly kind: JobKind;
  readonly concurrency: number;
  readonly handler: JobHandler;
  readonly rules: QueueRules;
  readonly reservations: Reservations;
  readonly clock: RedisClock;
  readonly connection: Redis;
  readonly prefix: string;
  /**
   * How long a job stays locked if the lock is not renewed, in milliseconds. At this interval, a
   * worker also looks for jobs whose worker has died: they are started and have no lock.
   */
  readonly lockMs: number;
  /** Aborts when no new job may start. */
  readonly closing: AbortSignal;
  /** Aborts when running jobs must be given back. */
  readonly givingUp: AbortSignal;
}

/** How a job ended. `known`: the job was already done by an earlier try. */
type Ending = 'done' | 'known' | Loss;

/** How long to wait before the next request, after Redis could not be reached or refused one. */
const RETRY_MS = 1_000;
const WITHOUT_BOUND = 2 ** 31 - 1;
/**
 * The messages of errors for BullMQ, which stores them in Redis. So they say only that the job will
 * be tried again, or that it has ended.
 */
const AGAIN = 'again';
const ENDED = 'ended';

/** How often BullMQ may try a job, and how often it may take the job over from a dead worker. */
export function boundOf(kind: JobKind, rules: QueueRules): number {
  return kind === 'erase' ? WITHOUT_BOUND : rules.attempts;
}

/** Starts a BullMQ worker that handles jobs as {@link JobHandler} says. */
export function startWorker(options: WorkerOptions): Worker<Stored> {
  const { kind, concurrency, rules, connection, prefix, lockMs, onError } = options;
  const worker = new Worker<Stored>(kind, (bull) => process(options, bull), {
    connection,
    prefix,
    concurrency,
    lockDuration: lockMs,
    // `process` renews the locks. If BullMQ did, and Redis could not be reached, the renewals would
    // go on after a close and keep this process alive.
    skipLockRenewal: true,
    stalledInterval: lockMs,
    maxStalledCount: boundOf(kind, rules),
    runRetryDelay: RETRY_MS,
    // The version check needs INFO, which some servers forbid.
    skipVersionCheck: true,
    settings: { backoffStrategy: (failures) => delayMs(failures, rules) },
  });
  // BullMQ sets `deferredFailure` when it ends a job without a handler, because the workers that
  // tried the job died, one after the other.
  worker.on('failed', (bull) => {
    if (bull?.deferredFailure) end(options, jobOf(kind, bull), 'crashed').catch((error) => onError(explained(error)));
  });
  worker.on('error', (cause) => {
    if (cause.name === 'ReplyError') rest(worker);
  });
  return worker;
}

/**
 * Pauses the worker for a second after Redis refused a command, for example because Redis is full.
 * Without the pause, BullMQ would send the command again thousands of times a second.
 */
function rest(worker: Worker): void {
  if (worker.isPaused()) return;
  worker.pause(true);
  setTimeout(() => worker.resume(), RETRY_MS).unref();
}

async function process(options: WorkerOptions, bull: BullJob<Stored>): Promise<void> {
  // If the queue was closed after this job had been fetched, the job does not start.
  if (options.closing.aborted) return putBack(bull);
  const lockLost = new AbortController();
  const renewal = setInterval(() => renewLock(bull, options.lockMs, lockLost), options.lockMs / 2);
  try {
    const job = jobOf(options.kind, bull);
    const ending = await attempt(options, bull, job, lockLost.signal);
    await end(options, job, ending);
    if (ending === 'failed') throw new UnrecoverableError(ENDED);
  } catch (cause) {
    if (options.givingUp.aborted) return putBack(bull);
    throw cause instanceof UnrecoverableError ? cause : new Error(AGAIN);
  } finally {
    clearInterval(renewal);
  }
}

async function renewLock(bull: BullJob<Stored>, lockMs: number, lost: AbortController): Promise<void> {
  try {
    const isHeld = (await bull.extendLock(bull.token ?? '', lockMs)) === 1;
    if (!isHeld) lost.abort();
  } catch {
    // Redis cannot be reached or is full. The next renewal follows as usual.
  }
}

async function putBack(bull: BullJob<Stored>): Promise<never> {
  await bull.moveToWait(bull.token);
  throw new WaitingError();
}

async function attempt(
  { clock, reservations, givingUp, handler, rules, onError }: WorkerOptions,
  bull: BullJob<Stored>,
  job: Job,
  lockLost: AbortSignal,
): Promise<Ending> {
  await clock.asked;
  const now = clock.now();
  // If the job was started before, another worker may have done it, and then died.
  if (bull.attemptsStarted > 1 && (await reservations.isDone(job))) return 'known';
  if (isPast(job, now)) return 'overdue';
  const lastTry = delayAfter(job, bull.attemptsMade + 1, now, rules) === undefined;
  const signal = AbortSignal.any([jobSignal(job, now, givingUp), lockLost]);
  try {
    await unless(givingUp, handler(job, { lastTry, signal }));
    return 'done';
  } catch (cause) {
    if (givingUp.aborted) throw cause;
    if (!(cause instanceof Failure) && !signal.aborted) onError(cause);
    if (cause instanceof Failure && cause.again && !lastTry) throw cause;
    return 'failed';
  }
}

/** Ends a job. Every job ends here, and jobs that end undone are reported. */
async function end({ reservations, onLoss }: WorkerOptions, job: Job, ending: Ending): Promise<void> {
  if (ending === 'known') return;
  await reservations.finish(job, ending);
  if (ending !== 'done') onLoss(ending, job.kind);
}

function jobOf(kind: JobKind, { id = '', data }: BullJob<Stored>): Job {
  return { id, kind, ...data };
}
