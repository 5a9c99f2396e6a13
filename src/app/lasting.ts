import type { BackedUpShelf } from '../backup/backup.ts';
import type { Pending, Shelf } from '../queue/pending.ts';

/**
 * The shelves that must move with a gallery, because each keeps something that its people were
 * promised. `shown`: a post is deleted when a person it names is erased. `sender`: photos are not
 * searched when their sender forbade it. `revealed`: many answers together do not reveal a
 * template. `wrong`: a reported wrong name is counted. The items are sealed under the gallery's
 * key, and move unchanged.
 */
const LASTING: readonly Shelf[] = ['shown', 'sender', 'revealed', 'wrong'];

/**
 * The shelves that a backup holds. It holds only shelves from which a restore can remove what
 * belongs to people who were erased after the backup: see `restore`.
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
