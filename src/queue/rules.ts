import { pauseAfter } from '../timing/repeat.ts';
import type { Job } from './queue.ts';

/** The limits of every queue, whatever stores it. */
export interface QueueRules {
  /**
   * How many asks of all people may wait while the pace is unknown. Further ones are `busy`.
   * Erasures are never refused.
   */
  readonly maxWaiting: number;
  /**
   * An ask that would wait longer at the recent pace is refused as `busy`, in milliseconds: people
   * do not wait that long.
   */
  readonly longestWaitMs: number;
  /**
   * How many asks of one owner may run or wait for their first start, together. Further ones are
   * `rate_limited`. An ask between two tries delays nobody and does not count.
   */
  readonly maxPerOwner: number;
  /** The most tries of an ask. */
  readonly attempts: number;
  /** The delay before the second try, in milliseconds. It doubles with each further try. */
  readonly firstDelayMs: number;
  /** The longest delay between tries. */
  readonly longestDelayMs: number;
  /**
   * How long running jobs may go on once the queue closes, in milliseconds. A second later
   * everything has ended.
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
 * With fast workers more asks may wait, but never more than {@link QueueRules.maxWaiting} times
 * this, because a store is finite.
 */
export const MOST_TIMES = 10;
/** The weight of the latest end in the pace, against all before it. */
export const PACE_WEIGHT = 0.1;
/** The pace is known once the time between two ends of jobs was measured this many times. */
export const PACE_FROM = 10;

/**
 * Whether one more ask is too much for a queue. `waiting` asks wait, the next of them for
 * `oldestMs`, and one ends every `meanMs` (undefined: unknown).
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
 * Milliseconds between try `attempt` (from 1, starting `now`) and the next one, if the try fails
 * with `again`. Undefined when it is the last try. Computed before the try, so that the handler
 * knows whether it is the last.
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
 * Whether an ended job is `known` from then on. An erasure that did not happen may be asked for
 * again under the same id, and a pulse at any time.
 */
export function isRemembered({ kind }: Pick<Job, 'kind'>, isDone: boolean): boolean {
  return kind === 'ask' || (kind === 'erase' && isDone);
}

/** Milliseconds between try `attempt` and the next. They double up to a limit. */
export function delayMs(attempt: number, rules: QueueRules): number {
  return pauseAfter(attempt, { firstMs: rules.firstDelayMs, longestMs: rules.longestDelayMs });
}

/** Whether it is too late at `time` (milliseconds since 1970) to deliver an answer to this job. */
export function isPast(job: Pick<Job, 'deadline'>, time: number): boolean {
  return job.deadline !== undefined && time >= job.deadline;
}

/** Aborts when the job's deadline passes or when `closing` does. */
export function jobSignal(job: Pick<Job, 'deadline'>, now: number, closing: AbortSignal): AbortSignal {
  if (job.deadline === undefined) return closing;
  return AbortSignal.any([closing, AbortSignal.timeout(Math.min(Math.max(job.deadline - now, 0), LONGEST_TIMER_MS))]);
}

/** A longer timer would overflow 32 bits and fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
