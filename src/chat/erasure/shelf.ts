import { Failure } from '../../failure.ts';
import { errorFields } from '../../log.ts';
import { sealJson, unsealJson } from '../../secrets/seal.ts';
import { ownerOf } from '../parked.ts';
import type { TaskParts } from './parts.ts';
import type { Task } from './task.ts';

/** No erasure takes this long; its note on the shelf is for restarts. */
const SHELF_MS = 365 * 86_400_000;

/** Puts the task on the shelf; false when the shelf cannot be reached, which must not stop an erasure that can be done. */
export async function note(parts: TaskParts, task: Task): Promise<boolean> {
  try {
    await parts.pending.put('erasure', { ...sealed(parts, task), expiresAt: parts.now() + SHELF_MS });
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    parts.log.warn('erasure not noted', { code: error.code });
    return false;
  }
}

/** Leaves the rest of a task to the queue; in memory, if nobody takes it now. */
export async function queueRest(parts: TaskParts, task: Task): Promise<void> {
  const isNoted = await note(parts, task);
  // On the shelf it is safe; a queue that refuses it now gets it at the next start.
  const isQueued = await parts.queue.add({ ...sealed(parts, { ...task, isNoted }), kind: 'erase' }).then(
    () => true,
    (error) => {
      parts.log.warn('erasure not queued', errorFields(error));
      return false;
    },
  );
  if (!isNoted && !isQueued) parts.homeless.add(task);
}

/** Tries again to find a place for what nobody took. */
export async function queueHomeless(parts: TaskParts): Promise<void> {
  for (const task of [...parts.homeless]) {
    parts.homeless.delete(task);
    await queueRest(parts, task);
  }
}

/** Queues what was noted at least `ageMs` ago and is unfinished: whoever noted it works on it no more. */
export async function queueForgotten({ pending, queue, now }: TaskParts, ageMs: number): Promise<void> {
  const latest = now() + SHELF_MS - ageMs;
  for (const { id, owner, body, expiresAt } of await pending.list('erasure')) {
    if (expiresAt <= latest) await queue.add({ id, kind: 'erase', owner, body });
  }
}

function sealed(parts: TaskParts, task: Task): { id: string; owner: string; body: string } {
  const { id } = task;
  return { id, owner: ownerOf(parts.keys, task.person), body: sealJson(parts.keys.jobs, task, `erasure:${id}`) };
}

/** A task as the shelf or the queue has it. */
export function unsealTask(parts: TaskParts, id: string, body: string): Task {
  return unsealJson<Task>(parts.keys.jobs, body, `erasure:${id}`);
}
