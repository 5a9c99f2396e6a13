import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { BullmqQueueOptions } from '../../src/queue/bullmq.ts';
import type { Job } from '../../src/queue/queue.ts';

/** A process that works on a queue, and its messages about jobs, by their ids. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly started: string[];
  readonly finished: string[];
  /** Why jobs ended undone. */
  readonly lost: string[];
}

/**
 * Starts a process that works on a queue. It ends with the test. By default it does one job at a
 * time. With `hold` it finishes no job until it is told to go on.
 */
export async function startWorker(
  options: BullmqQueueOptions & { readonly concurrency?: number; readonly hold?: boolean },
): Promise<WorkerProcess> {
  const script = new URL('worker-process.ts', import.meta.url);
  const child = fork(script, [JSON.stringify({ concurrency: 1, hold: false, lockMs: 1_000, ...options })], {
    execArgv: [],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const started: string[] = [];
  const finished: string[] = [];
  const lost: string[] = [];
  child.on('message', (message: { started?: string; finished?: string; lost?: string }) => {
    if (message.started) started.push(message.started);
    if (message.finished) finished.push(message.finished);
    if (message.lost) lost.push(message.lost);
  });
  await once(child, 'message');
  return { child, started, finished, lost };
}

/** How many of the jobs no worker finished. */
export function unfinished(jobs: readonly Job[], ...workers: readonly WorkerProcess[]): number {
  const finished = new Set(workers.flatMap((worker) => worker.finished));
  return jobs.filter(({ id }) => !finished.has(id)).length;
}
