import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

interface QueueDepth {
  readonly waiting: number;
  readonly running: number;
}

/** Counts without names: commands, codes and reasons are labels, people are not. */
export interface Metrics {
  readonly answered: (command: string, replies: readonly { readonly kind: string; readonly code?: string }[]) => void;
  /** An ask that ended without an answer; the reason becomes a label. */
  readonly dropped: (reason: string) => void;
  /** A store lost all that it held. */
  readonly memoryLost: () => void;
  /** Reads the depth of one queue, by its name, whenever metrics are asked for. */
  readonly watchQueue: (queue: string, depth: () => Promise<QueueDepth>) => void;
  /** Prometheus' text format. */
  readonly text: () => Promise<string>;
}

/** A registry of its own, so that a test can start several. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const answers = new Counter({
    name: 'facefinder_answers_total',
    help: 'Replies given, by command, kind and failure code',
    labelNames: ['command', 'kind', 'code'],
    registers,
  });
  const drops = new Counter({
    name: 'facefinder_dropped_answers_total',
    help: 'Asks that ended without an answer, by reason',
    labelNames: ['reason'],
    registers,
  });
  const losses = new Counter({
    name: 'facefinder_memory_losses_total',
    help: 'How often Redis was found to have lost all that it held',
    registers,
  });
  const depths = new Map<string, () => Promise<QueueDepth>>();
  new Gauge({
    name: 'facefinder_queue_jobs',
    help: 'Jobs waiting and running, by queue: those of the chats and the house, and those of the local page',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const [queue, depth] of depths) {
        // A queue that is not reached has no depth to tell; all the rest is worth knowing just then.
        const known = await depth().catch(() => undefined);
        for (const state of ['waiting', 'running'] as const) if (known) this.set({ queue, state }, known[state]);
      }
    },
  });
  return {
    answered(command, replies) {
      for (const { kind, code = '' } of replies) answers.inc({ command, kind, code });
    },
    dropped: (reason) => drops.inc({ reason }),
    memoryLost: () => losses.inc(),
    watchQueue: (queue, depth) => void depths.set(queue, depth),
    text: () => registry.metrics(),
  };
}
