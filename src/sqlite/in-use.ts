import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './errors.ts';

/**
 * Whether any process has the database open. A write-ahead log alone is no proof, because a killed
 * process leaves its log. This changes no row, but may move rows from the log into the database, as
 * the next opening would.
 */
export function isInUse(path: string): boolean {
  if (!existsSync(`${path}-wal`)) return false;
  try {
    using db = new DatabaseSync(path, { timeout: 0 });
    // SQLite grants exclusive access only when no other connection has the file open.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK');
    return false;
  } catch (error) {
    // Another error than busy is not reported here, because the next read of the file meets it too.
    return isBusy(error);
  }
}
