import { existsSync } from 'node:fs';
import { pendingFile } from '../app/stores.ts';
import { witnessFile } from '../app/witness.ts';
import type { Config } from '../config.ts';
import { type Pending, SHELVES, type Shelf } from '../queue/pending.ts';
import { type Kept, type SealedShelf, shelf } from '../queue/sealed-shelf.ts';
import type { Keys } from '../secrets/keys.ts';

/**
 * The shelves from which a value that nothing can read may be dropped. Such a value counts as
 * absent anyway, and would expire within weeks. On other shelves a value protects somebody even
 * when it is unreadable, or is the only trace of what was done.
 */
const DROPPED: readonly Shelf[] = [
  'parked',
  'awaiting',
  'proof',
  'series',
  'seriesphoto',
  'seriespart',
  'presence',
  'unproven',
  'overdue',
  'wrong',
];

/** All shelves but `pulse`, whose values are sealed in another way, and stay for seconds only. */
const SEALED = SHELVES.filter((name) => name !== 'pulse');

/**
 * Functions that open the shelves of an installation, and those of its second place, if any exist.
 */
export function shelvesOf(
  { stores, dataDir, stateDir }: Pick<Config, 'stores' | 'dataDir' | 'stateDir'>,
  galleryId: string,
): (() => Promise<Pending>)[] {
  if (stores.mode === 'production') {
    const { redis } = stores;
    return [async () => (await import('../queue/redis/pending.ts')).redisPending(redis)];
  }
  const files = [pendingFile(dataDir), witnessFile(stateDir, galleryId)];
  return files
    .filter((file) => existsSync(file))
    .map((file) => async () => (await import('../queue/embedded/pending.ts')).openSqlitePending({ file }));
}

/**
 * Writes values with a flipped bit anew. Drops values that nothing can read from the shelves where
 * that loses nothing ({@link DROPPED}). Gives a line for each shelf on which it did something.
 */
export async function mendShelves(pending: Pending, keys: Keys): Promise<string[]> {
  const done: string[] = [];
  for (const name of SEALED) {
    const items = shelf<unknown>(pending, keys, name);
    const outcomes: string[] = [];
    for (const kept of await items.list()) {
      if (kept.item.body !== '' && kept.value() === undefined) outcomes.push(await mendOne(items, kept, name));
    }
    const written = outcomes.filter((outcome) => outcome === 'written').length;
    const dropped = outcomes.filter((outcome) => outcome === 'dropped').length;
    if (written > 0) done.push(`${written} damaged values of the shelf ${name} are written anew`);
    if (dropped > 0) done.push(`${dropped} values of the shelf ${name} that nothing can read are removed`);
  }
  return done;
}

async function mendOne(
  items: SealedShelf<unknown>,
  kept: Kept<unknown>,
  name: Shelf,
): Promise<'written' | 'dropped' | 'left'> {
  const value = kept.righted();
  if (value !== undefined) return (await items.replace(kept, value)) ? 'written' : 'left';
  if (!DROPPED.includes(name)) return 'left';
  // The running program may have replaced the value meanwhile.
  if ((await items.read(kept.id))?.item.body !== kept.item.body) return 'left';
  await items.drop(kept.id);
  return 'dropped';
}
