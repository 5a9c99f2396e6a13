import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from './database.ts';
import type { Scrubbed } from './scrub.ts';

/** How long this thread waits for those who read or write: it may block, nobody else's work runs in it. */
const BLOCKED_MS = 2_000;

/**
 * secure_delete alone is not enough: when SQLite moves rows between pages, it leaves copies of them in the pages' unused middle
 * (measured: a few erased rows in each thousand erasures). VACUUM writes every page anew.
 */
function scrub(path: string): Scrubbed {
  try {
    using db = openDatabase(path, BLOCKED_MS);
    db.exec('VACUUM');
    const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
    return { isEmpty: busy === 0 };
  } catch (error) {
    // What is thrown in a thread arrives without its code.
    if (error instanceof Error && 'errcode' in error) return { errcode: Number(error.errcode) };
    throw error;
  }
}

parentPort?.postMessage(scrub(workerData as string));
