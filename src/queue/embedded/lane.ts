import { LRUCache } from 'lru-cache';
import { Failure } from '../../failure.ts';
import type { Job, JobHandler, JobKind, Loss } from '../queue.ts';
import { delayAfter, isPast, isRemembered, isTooMuch, jobSignal, type QueueRules } from '../rules.ts';
import { openPace } from './pace.ts';

interface Entry {
  readonly job: Job;
  /** When the job was added, milliseconds since 1970. */
  readonly since: number;
  /** How often the job was tried so far. */
  tried: number;
}

export interface LaneOptions {
  readonly rules: QueueRules;
  /** How many ids of ended jobs are remembered. */
  readonly remembered: number;
  /** Gets the error of a handler, unless it is a {@link Failure}. */
  readonly onError: (cause: unknown) => void;
  /** Gets each job that ended undone. */
  readonly onLoss: (loss: Loss, kind: JobKind) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * The jobs of one kind in this process. A job waits, runs, and ends. After a failed try it may
 * sleep instead of ending, and then waits and runs again.
 */
export class Lane {
  readonly #options: LaneOptions;
  /** The ids of jobs that were added and have not ended. */
  readonly #live = new Set<string>();
  /** The ids of jobs that have ended. */
  readonly #done: LRUCache<string, true>;
  #waiting: Entry[] = [];
  /** The jobs that sleep between two tries, each with the timer that wakes it. */
  readonly #sleeping = new Map<Entry, NodeJS.Timeout>();
  readonly #running = new Map<Entry, Promise<void>>();
  readonly #pace = openPace();
  readonly #givenUp = new AbortController();
  #handling: { readonly concurrency: number; readonly handler: JobHandler } | undefined;
  #isOpen = true;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#done = new LRUCache({ max: options.remembered });
  }

  /** How many jobs wait for a first or further try. */
  get waiting(): number {
    return this.#waiting.length + this.#sleeping.size;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Whether a worker handles these jobs. */
  get isManned(): boolean {
    return this.#handling !== undefined;
  }

  /** How long the next job has waited for its first try, in milliseconds; 0 when none waits. */
  get oldestMs(): number {
    const next = this.#waiting.find((entry) => entry.tried === 0);
    return next ? Math.max(0, this.#options.now() - next.since) : 0;
  }

  /** See {@link Queue.ahead}. */
  ahead(id: string): number | undefined {
    const place = this.#waiting.findIndex(({ job }) => job.id === id);
    return place < 0 ? undefined : this.#running.size + place;
  }

  /** See {@link Queue.add}. */
  add(job: Job): 'added' | 'known' {
    if (this.#live.has(job.id) || this.#done.has(job.id)) return 'known';
    if (job.kind === 'ask') this.#refuse(job);
    this.#live.add(job.id);
    this.#waiting.push({ job, since: this.#options.now(), tried: 0 });
    this.#startNext();
    return 'added';
  }

  /** See {@link Queue.dropOwned}. */
  dropOwned(owner: string): number {
    const isTheirs = ({ job }: Entry) => job.owner === owner;
    const dropped = [...this.#waiting, ...this.#sleeping.keys()].filter(isTheirs);
    this.#waiting = this.#waiting.filter((entry) => !isTheirs(entry));
    for (const entry of dropped) {
      clearTimeout(this.#sleeping.get(entry));
      this.#sleeping.delete(entry);
      this.#end(entry.job, 'withdrawn');
    }
    return dropped.length;
  }

  work(concurrency: number, handler: JobHandler): void {
    if (this.#handling) throw new Error('these jobs have a handler already');
    this.#handling = { concurrency, handler };
    this.#startNext();
  }

  /** Starts no more jobs, and drops those that wait or sleep. Resolves when no job runs. */
  async close(): Promise<void> {
    this.#isOpen = false;
    for (const timer of this.#sleeping.values()) clearTimeout(timer);
    this.#sleeping.clear();
    this.#waiting = [];
    await Promise.allSettled(this.#running.values());
  }

  /** Aborts the signals of the jobs that still run. */
  giveUp(): void {
    this.#givenUp.abort(new Failure('unavailable'));
  }

  #refuse(job: Job): void {
    const { rules } = this.#options;
    const counted = [...this.#waiting.filter((entry) => entry.tried === 0), ...this.#running.keys()];
    if (counted.filter((entry) => entry.job.owner === job.owner).length >= rules.maxPerOwner) {
      throw new Failure('rate_limited');
    }
    const { waiting, oldestMs } = this;
    if (isTooMuch({ waiting, oldestMs, meanMs: this.#pace.meanMs }, rules)) throw new Failure('busy');
  }

  #startNext(): void {
    while (this.#isOpen && this.#handling && this.#running.size < this.#handling.concurrency) {
      const entry = this.#waiting.shift();
      if (!entry) return;
      const run = this.#attempt(entry, this.#handling.handler).finally(() => {
        this.#running.delete(entry);
        this.#startNext();
      });
      this.#running.set(entry, run);
    }
  }

  async #attempt(entry: Entry, handler: JobHandler): Promise<void> {
    const ending = await this.#try(entry, handler);
    if (typeof ending === 'number') this.#tryLater(entry, ending);
    else this.#end(entry.job, ending);
  }

  /** Tries a job. Gives how it ended, or the milliseconds until the next try. */
  async #try(entry: Entry, handler: JobHandler): Promise<'done' | Loss | number> {
    const { job } = entry;
    const now = this.#options.now();
    if (isPast(job, now)) return 'overdue';
    entry.tried += 1;
    const delay = delayAfter(job, entry.tried, now, this.#options.rules);
    try {
      await handler(job, { lastTry: delay === undefined, signal: jobSignal(job, now, this.#givenUp.signal) });
      return 'done';
    } catch (cause) {
      if (!(cause instanceof Failure)) this.#options.onError(cause);
      const isWorthIt = cause instanceof Failure && cause.again && delay !== undefined;
      return isWorthIt ? delay : 'failed';
    }
  }

  #tryLater(entry: Entry, delay: number): void {
    if (!this.#isOpen) return;
    const wake = () => {
      this.#sleeping.delete(entry);
      this.#waiting.push(entry);
      this.#startNext();
    };
    this.#sleeping.set(entry, setTimeout(wake, delay));
  }

  /** Ends a job. Every job ends here, and jobs that end undone are reported. */
  #end(job: Job, ending: 'done' | Loss): void {
    this.#live.delete(job.id);
    if (ending !== 'withdrawn') this.#pace.ended(this.#options.now(), this.#waiting.length > 0);
    if (isRemembered(job, ending === 'done')) this.#done.set(job.id, true);
    if (ending !== 'done') this.#options.onLoss(ending, job.kind);
  }
}
