import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './errors.ts';

/**
 * Whether anybody has the database open now. The write-ahead log alone does not tell: a killed
 * process leaves one. Changes no row. It may move the log's rows into the database, as the next
 * opening would.
 */
export function isInUse(path: string): boolean {
  if (!existsSync(`${path}-wal`)) return false;
  try {
    using db = new DatabaseSync(path, { timeout: 0 });
    // SQLite grants exclusive access only when nobody else has the file open.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK');
    return false;
  } catch (error) {
    // A file that cannot be opened at all is reported by the code that reads it.
    return isBusy(error);
  }
}
