import { setTimeout as sleep } from 'node:timers/promises';
import { atMost } from '../../timing/within.ts';
import type { Ask } from '../ask.ts';
import type { EraserParts } from './parts.ts';
import { receipts } from './receipts.ts';
import { note, queueRest, taskShelf } from './shelf.ts';
import type { Task } from './task.ts';

/** The pause between two tries. */
const SCRUB_PAUSE_MS = 500;

/**
 * Scrubs the bytes of all tasks. True once they are gone. False when that takes longer than
 * `patienceMs`: then the queue gets the tasks, and goes on.
 */
export async function letBytesGo(
  parts: EraserParts,
  tasks: readonly Task[],
  patienceMs: number,
  ask?: Ask,
): Promise<boolean> {
  const giveUpAt = Date.now() + patienceMs;
  for (let left = patienceMs; left > 0; left = giveUpAt - Date.now()) {
    // A failed scrub counts as not done yet, and is tried again.
    const scrubbing = scrub(parts, tasks, ask).catch(() => false);
    if (await atMost(left, scrubbing)) return true;
    // A reader of the database keeps the bytes on disk. Perhaps it ends soon.
    await sleep(Math.min(SCRUB_PAUSE_MS, left));
  }
  for (const task of tasks) await queueRest(parts, task);
  return false;
}

/**
 * Removes the bytes of all tasks. The notes of the tasks say who was erased, so their bytes go
 * last. False while a reader keeps any bytes; then the notes are still there. If the process ends
 * before the bytes of the notes are gone, the next opening of the shelves removes them.
 */
export async function scrub(parts: EraserParts, tasks: readonly Task[], ask?: Ask): Promise<boolean> {
  const done = tasks.flatMap((task) => task.done);
  const isOwed = done.length > 0 || tasks.some((task) => task.isDropped);
  if (isOwed && !(await parts.gallery.scrub())) return false;
  // If the process ends before the answer, somebody who presses again gets these receipts.
  // Otherwise they would hear that there was nothing to erase.
  if (ask && done.length > 0) {
    const final = await receipts(parts, tasks, true, ask.locale);
    await parts.placeholders.remember(parts.placeholders.idOf(ask), ask, final);
  }
  for (const { id } of tasks) await taskShelf(parts).drop(id);
  const isClean = await parts.pending.scrub();
  if (!isClean) for (const task of tasks) await note(parts, task);
  return isClean;
}
