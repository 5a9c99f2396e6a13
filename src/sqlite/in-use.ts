import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './errors.ts';

/**
 * Whether somebody has the database open now. The write-ahead log beside it says nothing alone: whoever is killed leaves one. Changes
 * no row; what such a log holds is taken into the database, as the next to open it would do.
 */
export function isInUse(path: string): boolean {
  if (!existsSync(`${path}-wal`)) return false;
  try {
    using db = new DatabaseSync(path, { timeout: 0 });
    // To have it alone, for a moment, is granted only where nobody else is.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK');
    return false;
  } catch (error) {
    // What is wrong with a file that cannot be opened at all is told by who looks into it.
    return isBusy(error);
  }
}
