import { Cause } from '../cause.ts';
import { Failure } from '../failure.ts';
import { newTask, openLine, type Task } from './line.ts';
import type { Answer, Job } from './wire.ts';
import type { Worker } from './worker.ts';

export interface CrewOptions {
  /** One process; rejects with `unavailable` when it cannot start. */
  readonly start: () => Promise<Worker>;
  /** Processes that run at most; each starts with its first job, unless it is among `running`. */
  readonly size: number;
  /** Processes that were started beforehand. */
  readonly running?: readonly Worker[];
  /** A job that takes longer is `image_unreadable`, and its process is replaced. */
  readonly deadlineMs: number;
  /** Jobs that may wait for a process; more are `busy`. */
  readonly waiting: number;
}

/** Processes that share one line of jobs. */
export interface Crew extends AsyncDisposable {
  /**
   * Rejects with the job's own Failure, with `unavailable` when no process can be started for it, with `busy` when the line is full
   * or closed, with the signal's reason when it aborts.
   */
  readonly ask: (job: Job, signal?: AbortSignal) => Promise<Answer>;
  /**
   * Starts again what could not be started, and lets an idle process answer; one that hangs is replaced at the deadline.
   * Throws `unavailable` with the cause while a process cannot be started.
   */
  readonly check: () => Promise<void>;
}

/** Jobs go, in their order, to whichever process is free; each does one at a time. */
export function openCrew({ start, size, running: first = [], deadlineMs, waiting }: CrewOptions): Crew {
  const line = openLine(size);
  const running = new Set(first);
  /** Why lanes have no process, by their number. */
  const broken = new Map<number, unknown>();
  let closing = false;

  async function ask(job: Job, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted();
    if (closing || line.length >= waiting) throw new Failure('busy');
    const task = newTask(job, signal);
    const giveUp = () => task.answer.reject(signal?.reason);
    signal?.addEventListener('abort', giveUp);
    line.add(task);
    try {
      return await task.answer.promise;
    } finally {
      signal?.removeEventListener('abort', giveUp);
      line.drop(task);
    }
  }

  /** Whether the task reached the process and has its answer, good or bad. */
  async function perform(worker: Worker, { job, signal, answer }: Task): Promise<boolean> {
    const kill = () => worker.kill();
    const deadline = setTimeout(kill, deadlineMs);
    signal?.addEventListener('abort', kill);
    try {
      answer.resolve(await worker.ask(job));
    } catch (error) {
      if (error instanceof Failure && error.code === 'unavailable') return false;
      answer.reject(closing ? new Failure('busy', { cause: error }) : error);
    } finally {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', kill);
    }
    return true;
  }

  /** One process after another, task after task: a killed one is replaced before the next photo comes. */
  async function lane(number: number): Promise<void> {
    let worker = first[number];
    const replace = async () => {
      worker = await startAnother(number, worker);
    };
    for (let task = await line.take(false); task; task = await line.take(broken.has(number))) {
      try {
        while (!task.signal?.aborted && (!worker || worker.ended || !(await perform(worker, task)))) await replace();
        if (worker?.ended && !closing) await replace();
      } catch (error) {
        task.answer.reject(error);
      }
    }
    worker?.kill();
  }

  async function startAnother(number: number, old: Worker | undefined): Promise<Worker> {
    if (old) running.delete(old);
    if (closing) throw new Failure('busy');
    try {
      const worker = await start();
      broken.delete(number);
      running.add(worker);
      if (closing) worker.kill();
      return worker;
    } catch (error) {
      broken.set(number, error);
      throw error;
    }
  }

  async function check(): Promise<void> {
    const tried = line.retry(() => newTask({ kind: 'ping' }));
    await Promise.allSettled(tried.map(({ answer }) => answer.promise));
    const [failed] = broken.values();
    if (failed) throw failed;
    // A process that starts with its first job is not started for this.
    if (closing || line.idle === 0 || running.size < size) return;
    await ask({ kind: 'ping' }).catch((cause) => {
      throw new Failure('unavailable', { cause: new Cause('child_hangs', { cause }) });
    });
  }

  const lanes = Array.from({ length: size }, (_, number) => lane(number));
  return {
    ask,
    check,
    async [Symbol.asyncDispose]() {
      closing = true;
      for (const task of line.close()) task.answer.reject(new Failure('busy'));
      for (const worker of running) worker.kill();
      await Promise.all(lanes);
    },
  };
}
