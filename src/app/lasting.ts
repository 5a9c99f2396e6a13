import type { BackedUpShelf } from '../backup/backup.ts';
import type { Pending, Shelf } from '../queue/pending.ts';

/**
 * The shelves that hold promises to the gallery's people. `shown`: a post is deleted when the
 * people it names are erased. `sender`: photos are not searched when their sender forbade it.
 * `revealed`: answers do not reveal a template. `wrong`: a report of a wrong name counts. The items
 * are sealed under the gallery's key, and move with the gallery unchanged.
 */
const LASTING: readonly Shelf[] = ['shown', 'sender', 'revealed', 'wrong'];

/**
 * The shelves that a backup holds. From these alone a restore can remove what belongs to people who
 * were erased since: see `restore`.
 */
export const BACKED_UP: readonly Shelf[] = ['shown'];

export async function shelvedIn(pending: Pending, shelves = LASTING): Promise<BackedUpShelf[]> {
  const shelved: BackedUpShelf[] = [];
  for (const shelf of shelves) shelved.push({ shelf, items: await pending.list(shelf) });
  return shelved;
}

/**
 * Puts the items on the shelves of `pending`. An item that is there already is newer, and stays.
 */
export async function shelve(pending: Pending, shelved: readonly BackedUpShelf[]): Promise<void> {
  for (const { shelf, items } of shelved) for (const item of items) await pending.add(shelf, item);
}
