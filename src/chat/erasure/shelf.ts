import { Failure } from '../../failure.ts';
import { errorFields } from '../../log.ts';
import { ownerOf, type SealedShelf, shelf } from '../../queue/sealed-shelf.ts';
import type { TaskParts } from './parts.ts';
import type { Task } from './task.ts';

/** No erasure takes this long; its note on the shelf is for restarts. */
const NOTED_MS = 365 * 86_400_000;

/** Puts the task on the shelf; false when the shelf cannot be reached, which must not stop an erasure that can be done. */
export async function note(parts: TaskParts, task: Task): Promise<boolean> {
  try {
    const { id, person } = task;
    const owner = ownerOf(parts.keys, person);
    const { since = parts.now() } = task;
    await taskShelf(parts).put({ id, owner, value: { ...task, since }, expiresAt: parts.now() + NOTED_MS });
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
  const { id, person } = task;
  const body = taskShelf(parts).close(id, { ...task, isNoted });
  const isQueued = await parts.queue.add({ id, kind: 'erase', owner: ownerOf(parts.keys, person), body }).then(
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

/**
 * Queues what was noted at least `ageMs` ago and is unfinished: whoever noted it works on it no
 * more. With 0, all of it, whatever the clock says. Else also what was noted by a clock that was
 * `ageMs` ahead: it may not be that late again for long.
 */
export async function queueForgotten(parts: TaskParts, ageMs: number): Promise<void> {
  for (const { id, owner, expiresAt, item } of await taskShelf(parts).list()) {
    const age = parts.now() - (expiresAt - NOTED_MS);
    if (ageMs === 0 || Math.abs(age) >= ageMs) await parts.queue.add({ id, kind: 'erase', owner, body: item.body });
  }
}

/** How many erasures are unfinished, and for how long the oldest is, in milliseconds. */
export async function unfinished(parts: TaskParts): Promise<{ readonly count: number; readonly oldestMs: number }> {
  const noted = await taskShelf(parts).list();
  const ages = noted.map(({ value, expiresAt }) => {
    // Written outside, for whoever cannot read it; 0.1.0 wrote nothing else.
    const notedLast = expiresAt - NOTED_MS;
    try {
      return parts.now() - (value().since ?? notedLast);
    } catch {
      return parts.now() - notedLast;
    }
  });
  return { count: noted.length + parts.homeless.size, oldestMs: Math.max(0, ...ages) };
}

/** Where tasks stand until the last byte is gone; the queue has them closed alike. */
export function taskShelf({ pending, keys }: Pick<TaskParts, 'pending' | 'keys'>): SealedShelf<Task> {
  return shelf(pending, keys, 'erasure');
}
