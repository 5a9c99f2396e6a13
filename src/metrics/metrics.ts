import { AsyncLocalStorage } from 'node:async_hooks';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { type QueueSigns, type Signs, watchQueues, watchSigns } from './signs.ts';

/** The stages of an ask whose times are measured, in their order. */
export type Stage =
  /**
   * From the time when the ask is received to the time when the person sees a first sign of that.
   */
  | 'acknowledge'
  /** From the time when the ask is queued to the time when a worker takes it. */
  | 'queue'
  | 'fetch'
  | 'decode'
  | 'detect'
  | 'landmarks'
  | 'embed'
  | 'search'
  | 'draw'
  /** The time that it takes to show the answer on the platform. */
  | 'deliver';

/** What may have harmed people. It is counted, so that operators notice it early. */
export const HARMS = [
  'wrong_name_said_by_asker',
  'wrong_name_said_by_named',
  /** The asker of a /me took a photo out of the answer, because it does not show the asker. */
  'not_me',
  /** Somebody sent a /me with a selfie, which may show somebody else. */
  'me_by_selfie',
  'refused_enrolment',
  'dispute',
] as const;
export type Harm = (typeof HARMS)[number];

/** The program's version, and how it runs. Every field becomes a label. */
export interface Build {
  readonly version: string;
  readonly role: string;
  readonly mode: string;
  readonly pack: string;
}

/**
 * Counts and durations without names. Commands, codes and reasons are labels, and people are not.
 * Durations are in milliseconds.
 */
export interface Metrics {
  /** Does `work`. Stages that are measured during it count for this command. */
  readonly during: <T>(command: string, work: () => Promise<T>) => Promise<T>;
  readonly took: (stage: Stage, ms: number) => void;
  /** Measures the time of `work`, even if it fails. */
  readonly time: <T>(stage: Stage, work: () => Promise<T>) => Promise<T>;
  /** Counts the replies of an answer, and the time since its ask was received, if known. */
  readonly answered: (command: string, replies: readonly Counted[], ms: number | undefined) => void;
  /** Counts an ask that ended without an answer, by the reason. */
  readonly dropped: (reason: string) => void;
  readonly harmed: (harm: Harm) => void;
  /** Counts that a store has lost all its data. */
  readonly memoryLost: () => void;
  /**
   * Counts a call of a store, and its time. `code` is the code of an error of the store; undefined
   * when the call succeeded, or was refused for an ordinary reason.
   */
  readonly asked: (store: string, method: string, ms: number, code: string | undefined) => void;
  /** Counts a child that started or failed to start. */
  readonly childStarted: (start: { readonly work: string; readonly outcome: string }) => void;
  /** Counts a pulse, and the time until it came back; undefined when it did not come back. */
  readonly pulsed: (ms: number | undefined) => void;
  /** Reads the state of a queue whenever metrics are asked for. `queue` is its name. */
  readonly watchQueue: (queue: string, state: () => Promise<QueueSigns>) => void;
  /** Reads the state of this process whenever metrics are asked for. */
  readonly watch: (signs: Signs) => void;
  readonly built: (build: Build) => void;
  /**
   * Sets to 0 the counters of everything that may be counted later. If a counter only appeared with
   * its first event, Prometheus would not see that it has risen.
   */
  readonly expect: (expected: { readonly commands: Iterable<string>; readonly reasons: readonly string[] }) => void;
  /** The metrics in Prometheus' text format. */
  readonly text: () => Promise<string>;
}

interface Counted {
  readonly kind: string;
  readonly code?: string;
}

/**
 * The bounds of the histograms' buckets, in seconds: from a read from a cache to the longest time
 * that a person waits.
 */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Opens metrics, each time with a new registry, so that a test can open several. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const meters = openMeters(registry);
  const queues = watchQueues(registry);
  const command = new AsyncLocalStorage<string>();

  const took: Metrics['took'] = (stage, ms) => {
    meters.stages.observe({ command: command.getStore() ?? 'other', stage }, seconds(ms));
  };
  return {
    took,
    during: (name, work) => command.run(name, work),
    async time(stage, work) {
      const began = performance.now();
      try {
        return await work();
      } finally {
        took(stage, performance.now() - began);
      }
    },
    answered(name, replies, ms) {
      for (const { kind, code = '' } of replies) meters.replies.inc({ command: name, kind, code });
      if (ms !== undefined) meters.answers.observe({ command: name }, seconds(ms));
    },
    dropped: (reason) => meters.drops.inc({ reason }),
    harmed: (harm) => meters.harms.inc({ harm }),
    memoryLost: () => meters.memoryLosses.inc(),
    asked(store, method, ms, code) {
      meters.stores.observe({ store, method }, seconds(ms));
      if (code !== undefined) meters.storeErrors.inc({ store, method, code });
    },
    childStarted: ({ work, outcome }) => meters.children.inc({ work, outcome }),
    pulsed: (ms) => (ms === undefined ? meters.lostPulses.inc() : meters.pulses.observe(seconds(ms))),
    watchQueue: queues.watch,
    watch: (signs) => watchSigns(registry, signs),
    built: ({ version, role, mode, pack }) => meters.build.inc({ version, role, mode, pack }),
    expect({ commands, reasons }) {
      for (const name of commands) meters.replies.inc({ command: name, kind: 'error', code: 'internal' }, 0);
      for (const reason of reasons) meters.drops.inc({ reason }, 0);
      for (const harm of HARMS) meters.harms.inc({ harm }, 0);
      for (const work of ['see', 'draw']) meters.children.inc({ work, outcome: 'failed' }, 0);
    },
    text: () => registry.metrics(),
  };
}

/**
 * Milliseconds as seconds. Negative ones, which may come from two machines with different clocks,
 * become 0.
 */
function seconds(ms: number): number {
  return Math.max(0, ms) / 1000;
}

/** Makes all counters and histograms. */
function openMeters(registry: Registry) {
  const registers = [registry];
  const counter = <const L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name: `facefinder_${name}`, help, labelNames: [...labelNames], registers });
  const histogram = <const L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Histogram({ name: `facefinder_${name}`, help, labelNames: [...labelNames], buckets: SECONDS, registers });
  return {
    replies: counter('answers_total', 'Replies given, by command, kind and failure code', ['command', 'kind', 'code']),
    answers: histogram('answer_seconds', 'From taking an ask in to showing its answer', ['command']),
    stages: histogram('ask_stage_seconds', 'Parts of the time that an ask takes', ['command', 'stage']),
    drops: counter('dropped_answers_total', 'Asks that ended without an answer, by reason', ['reason']),
    harms: counter(
      'harms_total',
      'Wrong names that people reported, enrolments refused because the face was taken, and disputes',
      ['harm'],
    ),
    memoryLosses: counter('memory_losses_total', 'How often Redis was found to have lost all that it held'),
    stores: histogram('store_seconds', 'Calls of the stores, whatever they gave', ['store', 'method']),
    storeErrors: counter('store_errors_total', 'Calls that a store did not do', ['store', 'method', 'code']),
    children: counter('child_starts_total', 'Starts of processes for photos', ['work', 'outcome']),
    pulses: histogram('pulse_seconds', 'Synthetic asks that came back: from the bot over queue and worker to the bot'),
    lostPulses: counter('pulses_lost_total', 'Synthetic asks that did not come back in time'),
    build: counter('build_info', 'What runs here; always 1', ['version', 'role', 'mode', 'pack']),
  };
}
