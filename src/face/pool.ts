import type { Pack } from '../../models/pack.ts';
import { Failure } from '../failure.ts';
import type { Faces } from './face.ts';
import type { Answer, Job } from './wire.ts';
import { startWorker, type Worker } from './worker.ts';

export interface PoolOptions {
  readonly pack: Pick<Pack, 'manifest' | 'files'>;
  /** Processes, each working on one photo on one core. */
  readonly workers: number;
  /** A photo that takes longer is `image_unreadable`, and its process is replaced. */
  readonly deadlineMs?: number;
  /** Photos that may wait for a process; more are `busy`. */
  readonly waiting?: number;
}

interface Task {
  readonly job: Job;
  readonly signal: AbortSignal | undefined;
  readonly answer: PromiseWithResolvers<Answer>;
}

/** Starts the processes and waits until each has loaded the pack. Rejects with `unavailable` when one cannot. */
export async function openFaces({ pack, workers, deadlineMs = 15_000, waiting = 256 }: PoolOptions): Promise<Faces> {
  const tasks: Task[] = [];
  const idle: ((task: Task | undefined) => void)[] = [];
  const running = new Set<Worker>();
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
  async function lane(first: Worker): Promise<void> {
    let worker = first;
    for (let task = await take(); task; task = await take()) {
      try {
        while (!task.signal?.aborted && (worker.ended || !(await perform(worker, task))))
          worker = await restart(worker);
      } catch (error) {
        task.answer.reject(error);
      }
      if (worker.ended && !closing) worker = await restart(worker).catch(() => worker);
    }
    worker.kill();
  }

  async function restart(old: Worker): Promise<Worker> {
    running.delete(old);
    if (closing) throw new Failure('busy');
    const worker = await startWorker(pack);
    running.add(worker);
    if (closing) worker.kill();
    return worker;
  }

  const started = await Promise.allSettled(Array.from({ length: workers }, () => startWorker(pack)));
  for (const result of started) if (result.status === 'fulfilled') running.add(result.value);
  const failed = started.find((result) => result.status === 'rejected');
  if (failed) {
    for (const worker of running) worker.kill();
    throw failed.reason;
  }
  const lanes = [...running].map(lane);

  return {
    async see(photo, signal) {
      const answer = await ask({ kind: 'see', photo }, signal);
      if (answer.kind !== 'seen') throw new Failure('internal');
      return answer.seen;
    },
    async draw(photo, marks, signal) {
      const answer = await ask({ kind: 'draw', photo, marks }, signal);
      if (answer.kind !== 'drawn') throw new Failure('internal');
      return answer.picture;
    },
    async [Symbol.asyncDispose]() {
      closing = true;
      for (const task of tasks.splice(0)) task.answer.reject(new Failure('busy'));
      for (const resolve of idle.splice(0)) resolve(undefined);
      for (const worker of running) worker.kill();
      await Promise.all(lanes);
    },
  };
}
