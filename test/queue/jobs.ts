import { randomUUID } from 'node:crypto';
import { expect, vi } from 'vitest';
import type { Job, Queue } from '../../src/queue/queue.ts';

export function ask(changed: Partial<Job> = {}): Job {
  return { id: `j-${randomUUID()}`, kind: 'ask', owner: `o-${randomUUID()}`, body: `b-${randomUUID()}`, ...changed };
}

export function erase(changed: Partial<Job> = {}): Job {
  return { ...ask(changed), kind: 'erase' };
}

/**
 * A handler that does `act` with each job. `handled` lists the jobs that it began, and `finished`
 * those that it finished.
 */
export function record(act: (job: Job) => Promise<void> = async () => {}) {
  const handled: Job[] = [];
  const finished: Job[] = [];
  const handler = async (job: Job) => {
    handled.push(job);
    await act(job);
    finished.push(job);
  };
  return { handled, finished, handler };
}

export async function emptied(queue: Queue): Promise<void> {
  await eventually(async () => expect(await queue.state()).toMatchObject({ waiting: 0, running: 0 }));
}

/** Waits until `check` no longer throws, however busy the machine is. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 240_000, interval: 20 });
}
