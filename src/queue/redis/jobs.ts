import { setTimeout as sleep } from 'node:timers/promises';
import { Queue as BullQueue } from 'bullmq';
import type { Redis } from 'ioredis';
import { Failure } from '../../failure.ts';
import { within } from '../../timing/within.ts';
import type { Job, JobKind, Loss } from '../queue.ts';
import type { QueueRules } from '../rules.ts';
import { surelyOnRedis } from './connection.ts';
import { RESERVED_MS, type Reservations } from './reservations.ts';
import { boundOf, type Stored } from './worker.ts';

/** Adds and removes jobs in BullMQ's queues. */
export interface Jobs {
  /** See {@link Queue.add}. */
  add(job: Job, ready?: Promise<unknown>): Promise<'added' | 'known'>;
  /** See {@link Queue.dropOwned}. */
  dropOwned(owner: string): Promise<number>;
  /**
   * Removes all of BullMQ's events about jobs of this kind, so that none names a job that ended
   * long ago. BullMQ itself removes only whole blocks of events, so some would stay.
   */
  forgetEvents(kind: JobKind): Promise<void>;
  close(): Promise<void>;
}

export interface JobsOptions {
  readonly connection: Redis;
  readonly prefix: string;
  readonly rules: QueueRules;
  readonly reservations: Reservations;
  /** The time, milliseconds since 1970, by the clock that all processes of the queue share. */
  readonly now: () => number;
  /** Gets each job that was withdrawn. */
  readonly onLoss: (loss: Loss, kind: JobKind) => void;
  /** Gets errors that no caller waits for. */
  readonly report: (cause: unknown) => void;
}

const KINDS: readonly JobKind[] = ['ask', 'erase', 'pulse'];
/** How long it may take to add a job after it was reserved. The reservation lasts longer. */
const ADD_MS = RESERVED_MS - 1_000;
/**
 * How long an add waits while another process has reserved the same job. By then the other process
 * has added the job, or its reservation is over.
 */
const CONTEST_MS = RESERVED_MS + 2_000;
const KEEP_NOTHING = { removeOnComplete: true, removeOnFail: true, stackTraceLimit: 0 } as const;

/**
 * Opens BullMQ's queues on `connection`, which must be a `prompt` one: commands on it fail soon
 * when Redis cannot be reached.
 */
export function openJobs(options: JobsOptions): Jobs {
  const { connection, prefix, reservations, report, onLoss } = options;
  const queues: Record<JobKind, BullQueue<Stored>> = {
    ask: openQueue('ask', options),
    erase: openQueue('erase', options),
    pulse: openQueue('pulse', options),
  };

  // Nobody reads BullMQ's events, so none are kept. This is set each time the connection is ready,
  // because Redis may have lost the setting with its data.
  connection.on('ready', () => {
    for (const kind of KINDS) connection.hset(`${prefix}:${kind}:meta`, 'opts.maxLenEvents', 0).catch(report);
  });

  async function forgetEvents(kind: JobKind): Promise<void> {
    await queues[kind].trimEvents(0).catch(report);
  }

  async function add(job: Job, ready?: Promise<unknown>): Promise<'added' | 'known'> {
    if ((await makeRoom(reservations, job)) === 'known') return 'known';
    try {
      await within(ADD_MS, async (signal) => {
        await ready;
        signal.throwIfAborted();
        await put(queues[job.kind], options, job);
      });
      return 'added';
    } catch (error) {
      await reservations.release(job).catch(report);
      throw error;
    }
  }

  async function dropOwned(owner: string): Promise<number> {
    let dropped = 0;
    for (const id of await reservations.of('ask', owner)) {
      const isUnderWay = (await queues.ask.remove(id)) === 0;
      if (isUnderWay) continue;
      await reservations.finish({ kind: 'ask', id, owner, body: '' }, 'withdrawn');
      onLoss('withdrawn', 'ask');
      dropped += 1;
    }
    await forgetEvents('ask');
    return dropped;
  }

  return {
    forgetEvents,
    add: (job, ready) => surelyOnRedis(connection, () => add(job, ready), true),
    dropOwned: (owner) => surelyOnRedis(connection, () => dropOwned(owner)),
    async close() {
      await Promise.allSettled(Object.values(queues).map((queue) => queue.close()));
    },
  };
}

function openQueue(kind: JobKind, { connection, prefix, report }: JobsOptions): BullQueue<Stored> {
  const queue = new BullQueue<Stored>(kind, {
    connection,
    prefix,
    // With these options a new queue sends no command by itself. If such a command failed, because
    // Redis cannot be reached at that moment, BullMQ would not send it again.
    skipWaitingForReady: true,
    skipVersionCheck: true,
    skipMetasUpdate: true,
  });
  return queue.on('error', report);
}

async function put(queue: BullQueue<Stored>, { rules, now }: JobsOptions, job: Job): Promise<void> {
  const { id, kind, owner, body, deadline } = job;
  const stored = deadline === undefined ? { owner, body } : { owner, body, deadline };
  const retries = { attempts: boundOf(kind, rules), backoff: { type: 'custom' } };
  await queue.add(kind, stored, { ...KEEP_NOTHING, ...retries, jobId: id, timestamp: now() });
}

async function makeRoom(reservations: Reservations, job: Job): Promise<'reserved' | 'known'> {
  const giveUpAt = performance.now() + CONTEST_MS;
  while (performance.now() < giveUpAt) {
    const answer = await reservations.reserve(job);
    if (answer === 'reserved' || answer === 'known') return answer;
    if (answer !== 'contested') throw new Failure(answer);
    await sleep(50);
  }
  throw new Failure('unavailable');
}
