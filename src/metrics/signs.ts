import { Gauge, type Registry } from 'prom-client';

/** The state of a queue. Times are milliseconds. */
export interface QueueSigns {
  readonly waiting: number;
  readonly running: number;
  readonly oldestMs: number;
  readonly workers: number;
}

/** The state of this process when metrics are asked for. Times are milliseconds. */
export interface Signs {
  /** For each part whether it works. */
  readonly parts: () => ReadonlyMap<string, boolean>;
  /** For each platform with a listener whether it is heard. */
  readonly platforms: () => ReadonlyMap<string, boolean>;
  /** How long ago the last pulse came back; absent in a process that sends none. */
  readonly pulseAgeMs?: () => number;
  readonly erasures?: () => Promise<{ readonly count: number; readonly oldestMs: number }>;
}

/**
 * Makes gauges of queues. For a queue that cannot be reached, they have no value. All other metrics
 * are still given then.
 */
export function watchQueues(registry: Registry) {
  const queues = new Map<string, () => Promise<QueueSigns>>();
  const read = shared(async () => {
    const known = [...queues].map(async ([queue, state]) => ({ queue, signs: await state().catch(() => undefined) }));
    return (await Promise.all(known)).flatMap(({ queue, signs }) => (signs ? [{ queue, ...signs }] : []));
  });
  const gauge = (name: string, help: string, of: (signs: QueueSigns) => Readonly<Record<string, number>>) =>
    new Gauge({
      name,
      help,
      labelNames: ['queue', 'state'],
      registers: [registry],
      async collect() {
        const states = await read();
        this.reset();
        for (const { queue, ...signs } of states) {
          for (const [state, value] of Object.entries(of(signs))) this.set({ queue, ...(state && { state }) }, value);
        }
      },
    });
  const jobs = 'Jobs waiting and running, by queue: those of the chats with erasures, and those of the local page';
  gauge('facefinder_queue_jobs', jobs, ({ waiting, running }) => ({ waiting, running }));
  gauge('facefinder_queue_oldest_seconds', 'How long the ask has waited that is next', ({ oldestMs }) => ({
    '': oldestMs / 1000,
  }));
  gauge('facefinder_queue_workers', 'Living processes that work on asks', ({ workers }) => ({ '': workers }));
  return { watch: (queue: string, state: () => Promise<QueueSigns>) => void queues.set(queue, state) };
}

/** Makes a function that runs `read`. Calls while it runs get the result of that run. */
function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}

/** Makes gauges of the state of this process, and of unfinished erasures. */
export function watchSigns(registry: Registry, { parts, platforms, pulseAgeMs, erasures }: Signs): void {
  const registers = [registry];
  const each = (name: string, help: string, label: string, read: Signs['parts']) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        for (const [value, isWell] of read()) this.set({ [label]: value }, isWell ? 1 : 0);
      },
    });
  each('facefinder_ready', 'Whether each part works, as /readyz says: 1 or 0', 'part', parts);
  each('facefinder_listening', 'Whether each platform is heard: 1 or 0', 'platform', platforms);
  if (pulseAgeMs) {
    new Gauge({
      name: 'facefinder_pulse_age_seconds',
      help: 'Since a synthetic ask came back last',
      registers,
      collect() {
        this.set(pulseAgeMs() / 1000);
      },
    });
  }
  if (erasures) watchErasures(registry, erasures);
}

function watchErasures(registry: Registry, erasures: NonNullable<Signs['erasures']>): void {
  const read = shared(() => erasures().catch(() => undefined));
  type Known = Awaited<ReturnType<NonNullable<Signs['erasures']>>>;
  const gauge = (name: string, help: string, of: (known: Known) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const known = await read();
        if (known) this.set(of(known));
      },
    });
  gauge('facefinder_erasures_pending', 'Erasures of which something is left to do', ({ count }) => count);
  gauge(
    'facefinder_erasure_oldest_seconds',
    'How long the oldest erasure is unfinished',
    ({ oldestMs }) => oldestMs / 1000,
  );
}
