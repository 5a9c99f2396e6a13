import { pauseAfter } from '../timing/repeat.ts';
import type { Job } from './queue.ts';

/** The limits of every queue, in whatever store. */
export interface QueueRules {
  /**
   * How many asks of all people may wait while the pace is unknown. Further asks are `busy`.
   * Erasures are never refused.
   */
  readonly maxWaiting: number;
  /**
   * How long an ask may have to wait at the recent pace, in milliseconds. Above that it is refused
   * as `busy`, because people do not wait so long.
   */
  readonly longestWaitMs: number;
  /**
   * How many asks of one owner may run or wait for their first start, together. Further asks are
   * `rate_limited`. An ask between two tries keeps nobody waiting and does not count.
   */
  readonly maxPerOwner: number;
  /** How often an ask is tried at most. */
  readonly attempts: number;
  /** The pause before the second try, in milliseconds. It doubles with each further try. */
  readonly firstDelayMs: number;
  /** The longest pause between two tries. */
  readonly longestDelayMs: number;
  /**
   * How long running jobs may go on once the queue closes, in milliseconds. A second later all have
   * ended.
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
 * When workers are fast, more asks may wait than {@link QueueRules.maxWaiting}: up to this many
 * times that number. There is a limit because a store is finite.
 */
export const MOST_TIMES = 10;
/** The weight of the latest time in the pace, against all before it. */
export const PACE_WEIGHT = 0.1;
/** How many times between two ends of jobs must be measured until the pace is known. */
export const PACE_FROM = 10;

/**
 * Whether a queue must refuse one more ask. `waiting` asks wait, and the next of them has waited
 * for `oldestMs`. An ask ends every `meanMs` (undefined: unknown).
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
 * The pause after try `attempt`, if it fails with `again`, in milliseconds. The try (counted from
 * 1) starts `now`. Undefined when it is the last one. This is computed before the try, so that the
 * handler knows whether it is the last.
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
 * Whether a job is `known` after its end. An erasure that was not done may be asked for again under
 * the same id, and a pulse at any time.
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

/** Aborts when the job's deadline passes, or when `closing` aborts. */
export function jobSignal(job: Pick<Job, 'deadline'>, now: number, closing: AbortSignal): AbortSignal {
  if (job.deadline === undefined) return closing;
  return AbortSignal.any([closing, AbortSignal.timeout(Math.min(Math.max(job.deadline - now, 0), LONGEST_TIMER_MS))]);
}

/** A longer timer would overflow 32 bits and fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
