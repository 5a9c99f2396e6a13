import type { BackedUpShelf } from '../backup/backup.ts';
import type { Pending, Shelf } from '../queue/pending.ts';

/**
 * Beside the gallery stand promises to its people: what a group was shown goes with whom it names, a photo stays unsearched, nobody
 * computes a template, a wrong name counts. They are sealed under the same key, and move with it as they are.
 */
const LASTING: readonly Shelf[] = ['shown', 'sender', 'revealed', 'wrong'];

/** Of these a backup has what can be set right after erasures that it does not know: see `restore`. */
export const BACKED_UP: readonly Shelf[] = ['shown'];

export async function shelvedIn(pending: Pending, shelves = LASTING): Promise<BackedUpShelf[]> {
  const shelved: BackedUpShelf[] = [];
  for (const shelf of shelves) shelved.push({ shelf, items: await pending.list(shelf) });
  return shelved;
}

/** Puts them on other shelves; what stands there already is younger, and stays. */
export async function shelve(pending: Pending, shelved: readonly BackedUpShelf[]): Promise<void> {
  for (const { shelf, items } of shelved) for (const item of items) await pending.add(shelf, item);
}
