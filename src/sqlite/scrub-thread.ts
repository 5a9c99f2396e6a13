import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from './database.ts';
import type { Scrubbed } from './scrub.ts';

/** How long SQLite may block this thread, which has no other work, to wait for connections. */
const BLOCKED_MS = 2_000;

/**
 * Writes every page again (VACUUM), and empties the write-ahead log. secure_delete is not enough:
 * when SQLite moves rows between pages, copies of rows stay in the unused middle of pages
 * (measured: a few erased rows per thousand erasures).
 */
function scrub(path: string): Scrubbed {
  try {
    using db = openDatabase(path, BLOCKED_MS);
    db.exec('VACUUM');
    const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
    return { isEmpty: busy === 0 };
  } catch (error) {
    // Only the code is given to the other thread, because an error that is sent loses its code.
    if (error instanceof Error && 'errcode' in error) return { errcode: Number(error.errcode) };
    throw error;
  }
}

parentPort?.postMessage(scrub(workerData as string));
