import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from './database.ts';
import type { Scrubbed } from './scrub.ts';

/**
 * How long this thread waits for readers and writers. It may block, because it has no other work.
 */
const BLOCKED_MS = 2_000;

/**
 * Writes every page again (VACUUM). secure_delete is not enough: when SQLite moves rows between
 * pages, copies stay in the unused middle of pages (measured: a few erased rows per thousand
 * erasures).
 */
function scrub(path: string): Scrubbed {
  try {
    using db = openDatabase(path, BLOCKED_MS);
    db.exec('VACUUM');
    const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
    return { isEmpty: busy === 0 };
  } catch (error) {
    // The error's code is passed on as a number, because an error loses it between threads.
    if (error instanceof Error && 'errcode' in error) return { errcode: Number(error.errcode) };
    throw error;
  }
}

parentPort?.postMessage(scrub(workerData as string));
