import type { BackedUpShelf } from '../backup/backup.ts';
import type { Pending, Shelf } from '../queue/pending.ts';

/**
 * Shelves with promises to the gallery's people: posts go with the people they name, a photo stays
 * unsearched, answers reveal no template, a wrong name counts. They are sealed under the same key,
 * and move with the gallery unchanged.
 */
const LASTING: readonly Shelf[] = ['shown', 'sender', 'revealed', 'wrong'];

/**
 * The shelves in a backup: those that can be corrected for erasures that the backup does not know,
 * see `restore`.
 */
export const BACKED_UP: readonly Shelf[] = ['shown'];

export async function shelvedIn(pending: Pending, shelves = LASTING): Promise<BackedUpShelf[]> {
  const shelved: BackedUpShelf[] = [];
  for (const shelf of shelves) shelved.push({ shelf, items: await pending.list(shelf) });
  return shelved;
}

/**
 * Puts the items on the shelves of `pending`. An item that is already there is younger and stays.
 */
export async function shelve(pending: Pending, shelved: readonly BackedUpShelf[]): Promise<void> {
  for (const { shelf, items } of shelved) for (const item of items) await pending.add(shelf, item);
}
