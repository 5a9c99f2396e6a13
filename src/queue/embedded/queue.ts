import { Failure } from '../../failure.ts';
import { atMost } from '../../timing/within.ts';
import type { JobKind, Queue, QueueListener } from '../queue.ts';
import { DEFAULT_RULES, type QueueRules } from '../rules.ts';
import { Lane } from './lane.ts';

export interface EmbeddedQueueOptions extends Partial<QueueRules>, QueueListener {
  /**
   * How many ids of ended jobs of each kind are remembered, so that a repeated delivery is `known`.
   */
  readonly remembered?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * A queue in the memory of this process. When the process ends, its asks are lost. Their
 * placeholders stay on their shelf, and tell people that their asks have expired. Erasures are
 * added again from their shelf at the next start.
 */
export function embeddedQueue(options: EmbeddedQueueOptions = {}): Queue {
  const { remembered = 10_000, onError = () => {}, onLoss = () => {}, now = Date.now, ...changed } = options;
  const rules: QueueRules = { ...DEFAULT_RULES, ...changed };
  const newLane = () => new Lane({ rules, remembered, onError, onLoss, now });
  const lanes: Record<JobKind, Lane> = { ask: newLane(), erase: newLane(), pulse: newLane() };
  const all = Object.values(lanes);
  let open = true;

  return {
    async add(job, ready) {
      await ready;
      if (!open) throw new Failure('unavailable');
      return lanes[job.kind].add(job);
    },
    dropOwned: async (owner) => lanes.ask.dropOwned(owner),
    ahead: async (id) => lanes.ask.ahead(id),
    work: (kind, concurrency, handler) => lanes[kind].work(concurrency, handler),
    async state() {
      const counted = [lanes.ask, lanes.erase];
      return {
        waiting: counted.reduce((sum, lane) => sum + lane.waiting, 0),
        running: counted.reduce((sum, lane) => sum + lane.running, 0),
        oldestMs: lanes.ask.oldestMs,
        workers: lanes.ask.isManned ? 1 : 0,
      };
    },
    async check() {
      if (!open) throw new Failure('unavailable');
    },
    now,
    async [Symbol.asyncDispose]() {
      open = false;
      await atMost(rules.graceMs, Promise.all(all.map((lane) => lane.close())));
      for (const lane of all) lane.giveUp();
    },
  };
}
