import type { BackedUpShelf } from '../backup/backup.ts';
import type { Pending, Shelf } from '../queue/pending.ts';

/**
 * The shelves that hold promises to the gallery's people. A post is deleted with the people it
 * names, a photo stays unsearched, answers reveal no template, and a report of a wrong name counts.
 * They are sealed under the gallery's key, and move with the gallery unchanged.
 */
const LASTING: readonly Shelf[] = ['shown', 'sender', 'revealed', 'wrong'];

/**
 * The shelves that a backup holds. Only these can be corrected when people were erased after the
 * backup: see `restore`.
 */
export const BACKED_UP: readonly Shelf[] = ['shown'];

export async function shelvedIn(pending: Pending, shelves = LASTING): Promise<BackedUpShelf[]> {
  const shelved: BackedUpShelf[] = [];
  for (const shelf of shelves) shelved.push({ shelf, items: await pending.list(shelf) });
  return shelved;
}

/**
 * Puts the items on the shelves of `pending`. If an item is there already, it is newer, and stays.
 */
export async function shelve(pending: Pending, shelved: readonly BackedUpShelf[]): Promise<void> {
  for (const { shelf, items } of shelved) for (const item of items) await pending.add(shelf, item);
}
