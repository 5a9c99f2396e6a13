import { pauseAfter } from '../timing/repeat.ts';
import type { Job } from './queue.ts';

/** The limits of every queue, in whatever store. */
export interface QueueRules {
  /**
   * How many asks of all people may wait while the pace is unknown. Further asks are refused as
   * `busy`. Erasures are never refused.
   */
  readonly maxWaiting: number;
  /**
   * An ask that would have to wait longer than this at the recent pace is refused as `busy`,
   * because people do not wait so long. In milliseconds.
   */
  readonly longestWaitMs: number;
  /**
   * How many asks of one owner may run or wait for their first start, together. Further asks are
   * refused as `rate_limited`. An ask between two tries does not count, because it delays no other
   * ask.
   */
  readonly maxPerOwner: number;
  /** How often an ask is tried at most. */
  readonly attempts: number;
  /** The pause before the second try, in milliseconds. It doubles with each further try. */
  readonly firstDelayMs: number;
  /** The longest pause between two tries. */
  readonly longestDelayMs: number;
  /**
   * How long running jobs may go on once the queue closes, in milliseconds. Then their signals are
   * aborted.
   */
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

/**
 * When workers are fast, more asks may wait than {@link QueueRules.maxWaiting}: at most that number
 * times this one. This protects the store, whose space is limited.
 */
export const MOST_TIMES = 10;
/**
 * The pace is a running mean of the intervals between two ends of jobs. The latest interval has
 * this weight, and the mean of the earlier ones has the rest.
 */
export const PACE_WEIGHT = 0.1;
/** The pace is known once this many intervals between two ends of jobs were measured. */
export const PACE_FROM = 10;

/**
 * Whether a queue must refuse one more ask. `waiting`: how many asks wait. `oldestMs`: how long the
 * next of them has waited. `meanMs`: the mean time between two ends; undefined while unknown.
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
 * The pause after a try that fails with `again`, in milliseconds; undefined when the try is the
 * job's last one. It is computed before the try, so that the handler knows whether it is the last.
 * @param attempt the number of the try, from 1
 * @param now when the try starts
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
 * Whether a job's end is remembered, so that a second job with its id is `known`. An erasure that
 * was not done must be possible again under the same id, and so must a pulse.
 */
export function isRemembered({ kind }: Pick<Job, 'kind'>, isDone: boolean): boolean {
  return kind === 'ask' || (kind === 'erase' && isDone);
}

/** The pause after try `attempt`, in milliseconds. Pauses double up to a limit. */
export function delayMs(attempt: number, rules: QueueRules): number {
  return pauseAfter(attempt, { firstMs: rules.firstDelayMs, longestMs: rules.longestDelayMs });
}

/** Whether it is too late at `time` (milliseconds since 1970) to deliver an answer to this job. */
export function isPast(job: Pick<Job, 'deadline'>, time: number): boolean {
  return job.deadline !== undefined && time >= job.deadline;
}

/** A signal that aborts when the job's deadline passes, or when `closing` aborts. */
export function jobSignal(job: Pick<Job, 'deadline'>, now: number, closing: AbortSignal): AbortSignal {
  if (job.deadline === undefined) return closing;
  return AbortSignal.any([closing, AbortSignal.timeout(Math.min(Math.max(job.deadline - now, 0), LONGEST_TIMER_MS))]);
}

/** The longest timer. A longer time would overflow 32 bits, and the timer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
