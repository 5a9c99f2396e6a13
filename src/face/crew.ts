import { Failure } from '../failure.ts';
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
  /** Rejects with the job's own Failure, with `busy` when the line is full or closed, with the signal's reason when it aborts. */
  readonly ask: (job: Job, signal: AbortSignal | undefined) => Promise<Answer>;
}

interface Task {
  readonly job: Job;
  readonly signal: AbortSignal | undefined;
  readonly answer: PromiseWithResolvers<Answer>;
}

/** Jobs go, in their order, to whichever process is free; each does one at a time. */
export function openCrew({ start, size, running: first = [], deadlineMs, waiting }: CrewOptions): Crew {
  const tasks: Task[] = [];
  const idle: ((task: Task | undefined) => void)[] = [];
  const running = new Set(first);
  let closing = false;

  function take(): Promise<Task | undefined> {
    const task = tasks.shift();
    if (task || closing) return Promise.resolve(task);
    return new Promise((resolve) => idle.push(resolve));
  }

  async function ask(job: Job, signal: AbortSignal | undefined): Promise<Answer> {
    signal?.throwIfAborted();
    if (closing || tasks.length >= waiting) throw new Failure('busy');
    const task: Task = { job, signal, answer: Promise.withResolvers<Answer>() };
    const giveUp = () => task.answer.reject(signal?.reason);
    signal?.addEventListener('abort', giveUp);
    const next = idle.shift();
    if (next) next(task);
    else tasks.push(task);
    try {
      return await task.answer.promise;
    } finally {
      signal?.removeEventListener('abort', giveUp);
      if (tasks.includes(task)) tasks.splice(tasks.indexOf(task), 1);
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
  async function lane(first: Worker | undefined): Promise<void> {
    let worker = first;
    for (let task = await take(); task; task = await take()) {
      try {
        while (!task.signal?.aborted && (!worker || worker.ended || !(await perform(worker, task))))
          worker = await startAnother(worker);
      } catch (error) {
        task.answer.reject(error);
      }
      if (worker?.ended && !closing) worker = await startAnother(worker).catch(() => worker);
    }
    worker?.kill();
  }

  async function startAnother(old: Worker | undefined): Promise<Worker> {
    if (old) running.delete(old);
    if (closing) throw new Failure('busy');
    const worker = await start();
    running.add(worker);
    if (closing) worker.kill();
    return worker;
  }

  const lanes = Array.from({ length: size }, (_, index) => lane(first[index]));
  return {
    ask,
    async [Symbol.asyncDispose]() {
      closing = true;
      for (const task of tasks.splice(0)) task.answer.reject(new Failure('busy'));
      for (const resolve of idle.splice(0)) resolve(undefined);
      for (const worker of running) worker.kill();
      await Promise.all(lanes);
    },
  };
}
