import { pauseAfter } from '../timing/repeat.ts';
import type { Job } from './queue.ts';

/** The limits that every queue keeps, whatever it stands on. */
export interface QueueRules {
  /**
   * Asks that may wait, of all people together, while nobody knows how fast they are done; beyond it `busy`. Erasures are never
   * refused.
   */
  readonly maxWaiting: number;
  /** An ask that would wait longer, in milliseconds, by the pace of late, is refused as `busy`: people do not wait for so long. */
  readonly longestWaitMs: number;
  /**
   * Asks of one owner that may wait to be started for the first time or be under way, together; beyond it `rate_limited`.
   * What sleeps between two tries holds up nobody, and does not count.
   */
  readonly maxPerOwner: number;
  /** How often an ask is tried at most. */
  readonly attempts: number;
  /** Delay before the second try, in milliseconds; it doubles with each further one. */
  readonly firstDelayMs: number;
  /** No delay between tries is longer. */
  readonly longestDelayMs: number;
  /** How long running jobs may go on once the queue is being closed, in milliseconds; all is over a second later. */
  readonly graceMs: number;
}

export const DEFAULT_RULES: QueueRules = {
  maxWaiting: 200,
  longestWaitMs: 60_000,
  maxPerOwner: 2,
  attempts: 5,
  firstDelayMs: 500,
  longestDelayMs: 60_000,
  graceMs: 6_000,
};

/** So many times {@link QueueRules.maxWaiting} may wait, however fast the crew is: a store is not endless. */
export const MOST_TIMES = 10;
/** What the last end says of the pace, against all before it. */
export const PACE_WEIGHT = 0.1;
/** So many ends make a pace. */
export const PACE_FROM = 10;

/**
 * Whether one more ask is too much for a queue in which `waiting` wait, the next of them for `oldestMs`, and that ends one every
 * `meanMs` (undefined: not known).
 */
export function isTooMuch(
  { waiting, oldestMs, meanMs }: { waiting: number; oldestMs: number; meanMs: number | undefined },
  { maxWaiting, longestWaitMs }: QueueRules,
): boolean {
  if (oldestMs > longestWaitMs) return true;
  if (meanMs === undefined) return waiting >= maxWaiting;
  return waiting >= maxWaiting * MOST_TIMES || waiting * meanMs > longestWaitMs;
}

/**
 * Milliseconds between try number `attempt` (from 1, starting `now`) and the next one, should it fail with `again`;
 * undefined when it is the last. Decided before the try, so that a handler can be told.
 */
export function delayAfter(
  job: Pick<Job, 'kind' | 'deadline'>,
  attempt: number,
  now: number,
  rules: QueueRules,
): number | undefined {
  const delay = delayMs(attempt, rules);
  if (job.kind === 'erase') return delay;
  if (job.kind === 'pulse') return undefined;
  if (attempt >= rules.attempts) return undefined;
  return isPast(job, now + delay) ? undefined : delay;
}

/**
 * Whether a job that ended is `known` from then on. An erasure that did not happen may be asked for again under the same id, and a
 * pulse may at any time.
 */
export function isRemembered({ kind }: Pick<Job, 'kind'>, isDone: boolean): boolean {
  return kind === 'ask' || (kind === 'erase' && isDone);
}

/** Milliseconds between try number `attempt` and the next: it doubles up to a limit. */
export function delayMs(attempt: number, rules: QueueRules): number {
  return pauseAfter(attempt, { firstMs: rules.firstDelayMs, longestMs: rules.longestDelayMs });
}

/** Whether an answer to this job could no longer be delivered at `time` (milliseconds since 1970). */
export function isPast(job: Pick<Job, 'deadline'>, time: number): boolean {
  return job.deadline !== undefined && time >= job.deadline;
}

/** Aborts when the job's deadline passes or when `closing` does. */
export function jobSignal(job: Pick<Job, 'deadline'>, now: number, closing: AbortSignal): AbortSignal {
  if (job.deadline === undefined) return closing;
  return AbortSignal.any([closing, AbortSignal.timeout(Math.min(Math.max(job.deadline - now, 0), LONGEST_TIMER_MS))]);
}

/** A longer timer would fire at once (32 bits). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
