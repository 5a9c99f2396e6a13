import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './errors.ts';

/**
 * Whether any process has the database open. The write-ahead log does not tell that, because a
 * killed process leaves one. No row is changed. Rows in the log may move into the database, as they
 * would at the next opening.
 */
export function isInUse(path: string): boolean {
  if (!existsSync(`${path}-wal`)) return false;
  try {
    using db = new DatabaseSync(path, { timeout: 0 });
    // SQLite grants exclusive access only when nobody else has the file open.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK');
    return false;
  } catch (error) {
    // If the file cannot be opened at all, the code that reads it will report that.
    return isBusy(error);
  }
}
