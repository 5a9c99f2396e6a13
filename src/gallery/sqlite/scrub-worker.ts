import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from './database.ts';

/** How long this thread waits for those who read or write: it may block, nobody else's work runs in it. */
const PATIENCE_MS = 2_000;

/**
 * secure_delete alone is not enough: when SQLite moves rows between pages, it leaves copies of them in the pages' unused middle
 * (measured: a few erased rows in each thousand erasures). VACUUM writes every page anew.
 */
using db = openDatabase(workerData as string, PATIENCE_MS);
db.exec('VACUUM');
const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
parentPort?.postMessage(busy === 0);
