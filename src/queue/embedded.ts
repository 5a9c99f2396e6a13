import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import type { Job, JobHandler, JobKind, Queue } from './queue.ts';
import { DEFAULT_RULES, delayAfter, isPast, jobSignal, type QueueRules } from './rules.ts';

export interface EmbeddedQueueOptions extends Partial<QueueRules> {
  /** How many finished ids of each kind are remembered, so that a repeated delivery is `known`. */
  readonly remembered?: number;
  /** Told of everything a handler throws that is no {@link Failure}. */
  readonly onError?: (cause: unknown) => void;
}

interface Entry {
  readonly job: Job;
  /** Tries so far. */
  tried: number;
}

/** The jobs of one kind. An id stands in `live` from add to end, then in `done`. */
interface Lane {
  readonly live: Set<string>;
  readonly done: Set<string>;
  waiting: Entry[];
  /** Entries between two tries. */
  readonly sleeping: Map<Entry, NodeJS.Timeout>;
  readonly running: Map<Entry, Promise<void>>;
  worker?: { readonly concurrency: number; readonly handler: JobHandler };
}

/**
 * A queue inside this process: asks are lost with it (their placeholders stand on a shelf and say so afterwards), erasures
 * are added again from their shelf at the next start.
 */
export function embeddedQueue(options: EmbeddedQueueOptions = {}): Queue {
  const { remembered = 10_000, onError = () => {}, ...changed } = options;
  const rules: QueueRules = { ...DEFAULT_RULES, ...changed };
  const lanes: Record<JobKind, Lane> = { ask: newLane(), erase: newLane() };
  const closing = new AbortController();
  let open = true;

  function refuse(lane: Lane, job: Job): void {
    const counted = [...lane.waiting.filter((entry) => entry.tried === 0), ...lane.running.keys()];
    if (counted.filter((entry) => entry.job.owner === job.owner).length >= rules.maxPerOwner) {
      throw new Failure('rate_limited');
    }
    if (waitingIn(lane) >= rules.maxWaiting) throw new Failure('busy');
  }

  function startNext(lane: Lane): void {
    while (open && lane.worker && lane.running.size < lane.worker.concurrency) {
      const entry = lane.waiting.shift();
      if (!entry) return;
      const run = attempt(lane, entry, lane.worker.handler).finally(() => {
        lane.running.delete(entry);
        startNext(lane);
      });
      lane.running.set(entry, run);
    }
  }

  async function attempt(lane: Lane, entry: Entry, handler: JobHandler): Promise<void> {
    const { job } = entry;
    const now = Date.now();
    if (isPast(job, now)) return end(lane, job, true);
    entry.tried += 1;
    const delay = delayAfter(job, entry.tried, now, rules);
    try {
      await handler(job, { lastTry: delay === undefined, signal: jobSignal(job, now, closing.signal) });
      end(lane, job, true);
    } catch (cause) {
      if (!(cause instanceof Failure)) onError(cause);
      if (cause instanceof Failure && cause.again && delay !== undefined) tryLater(lane, entry, delay);
      // An erasure that did not happen may be asked for again under the same id.
      else end(lane, job, job.kind === 'ask');
    }
  }

  function tryLater(lane: Lane, entry: Entry, delay: number): void {
    if (!open) return;
    const wake = () => {
      lane.sleeping.delete(entry);
      lane.waiting.push(entry);
      startNext(lane);
    };
    lane.sleeping.set(entry, setTimeout(wake, delay));
  }

  function end(lane: Lane, job: Job, remember: boolean): void {
    lane.live.delete(job.id);
    if (remember) lane.done.add(job.id);
    const [oldest] = lane.done;
    if (lane.done.size > remembered && oldest !== undefined) lane.done.delete(oldest);
  }

  return {
    async add(job) {
      if (!open) throw new Failure('unavailable');
      const lane = lanes[job.kind];
      if (lane.live.has(job.id) || lane.done.has(job.id)) return 'known';
      if (job.kind === 'ask') refuse(lane, job);
      lane.live.add(job.id);
      lane.waiting.push({ job, tried: 0 });
      startNext(lane);
      return 'added';
    },

    async dropOwned(owner) {
      const lane = lanes.ask;
      const dropped = lane.waiting.filter((entry) => entry.job.owner === owner);
      lane.waiting = lane.waiting.filter((entry) => entry.job.owner !== owner);
      for (const [entry, timer] of lane.sleeping) {
        if (entry.job.owner !== owner) continue;
        clearTimeout(timer);
        lane.sleeping.delete(entry);
        dropped.push(entry);
      }
      for (const { job } of dropped) end(lane, job, true);
      return dropped.length;
    },

    work(kind, concurrency, handler) {
      const lane = lanes[kind];
      if (lane.worker) throw new Error(`jobs of kind ${kind} have a handler already`);
      lane.worker = { concurrency, handler };
      startNext(lane);
    },

    async depth() {
      const all = Object.values(lanes);
      return {
        waiting: all.reduce((sum, lane) => sum + waitingIn(lane), 0),
        running: all.reduce((sum, lane) => sum + lane.running.size, 0),
      };
    },

    async check() {
      if (!open) throw new Failure('unavailable');
    },

    async [Symbol.asyncDispose]() {
      open = false;
      const running = Object.values(lanes).flatMap((lane) => [...lane.running.values()]);
      for (const lane of Object.values(lanes)) {
        for (const timer of lane.sleeping.values()) clearTimeout(timer);
        lane.sleeping.clear();
        lane.waiting = [];
      }
      const settled = new AbortController();
      const grace = sleep(rules.graceMs, undefined, { signal: settled.signal }).catch(() => {});
      await Promise.race([Promise.allSettled(running), grace]);
      settled.abort();
      closing.abort(new Failure('unavailable'));
    },
  };
}

function newLane(): Lane {
  return { live: new Set(), done: new Set(), waiting: [], sleeping: new Map(), running: new Map() };
}

function waitingIn(lane: Lane): number {
  return lane.waiting.length + lane.sleeping.size;
}
