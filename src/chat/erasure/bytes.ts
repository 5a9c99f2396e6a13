import { setTimeout as sleep } from 'node:timers/promises';
import { atMost } from '../../timing/within.ts';
import type { Ask } from '../ask.ts';
import type { EraserParts } from './parts.ts';
import { receipts } from './receipts.ts';
import { note, queueRest, taskShelf } from './shelf.ts';
import type { Task } from './task.ts';

/** Between two tries. */
const SCRUB_PAUSE_MS = 500;

/** True when the bytes of all these are gone; false when that takes longer, and the queue has them. */
export async function letBytesGo(
  parts: EraserParts,
  tasks: readonly Task[],
  patienceMs: number,
  ask?: Ask,
): Promise<boolean> {
  const giveUpAt = Date.now() + patienceMs;
  for (let left = patienceMs; left > 0; left = giveUpAt - Date.now()) {
    // One that fails is repeated from the queue.
    const scrubbing = scrub(parts, tasks, ask).catch(() => false);
    if (await atMost(left, scrubbing)) return true;
    // A read keeps them: it may end soon.
    await sleep(Math.min(SCRUB_PAUSE_MS, left));
  }
  for (const task of tasks) await queueRest(parts, task);
  return false;
}

/**
 * Lets the bytes of all these go, their notes' own at last: those say who was erased. False while somebody's read keeps any; then
 * the notes are there still. Should the process end between the last two steps, the shelves are scrubbed when they are opened
 * again.
 */
export async function scrub(parts: EraserParts, tasks: readonly Task[], ask?: Ask): Promise<boolean> {
  const done = tasks.flatMap((task) => task.done);
  const isOwed = done.length > 0 || tasks.some((task) => task.isDropped);
  if (isOwed && !(await parts.gallery.scrub())) return false;
  // Should the process end before the answer, a repeated press must not hear that there was nothing to erase.
  if (ask && done.length > 0) {
    const final = await receipts(parts, tasks, true, ask.locale);
    await parts.placeholders.remember(parts.placeholders.idOf(ask), ask, final);
  }
  for (const { id } of tasks) await taskShelf(parts).drop(id);
  const isClean = await parts.pending.scrub();
  if (!isClean) for (const task of tasks) await note(parts, task);
  return isClean;
}
