import { closeSync, existsSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Cause } from '../cause.ts';
import { openDatabase } from './database.ts';
import { isBusy, translated } from './errors.ts';

const ZEROS = new Uint8Array(1 << 20);

/**
 * Puts a closed database in the place of another, in one step; the bytes of that leave the disk.
 * @throws Cause `database_busy` while any program has the old one open
 */
export function replaceDatabase(path: string, fresh: string): void {
  if (!existsSync(path)) {
    renameSync(fresh, path);
    return;
  }
  letGo(path);
  const old = openSync(path, 'r+');
  try {
    renameSync(fresh, path);
    sync(dirname(path));
    const { size } = fstatSync(old);
    for (let at = 0; at < size; at += ZEROS.length) writeSync(old, ZEROS, 0, Math.min(ZEROS.length, size - at), at);
    fsyncSync(old);
  } finally {
    closeSync(old);
  }
}

/** Makes the file the only one of its database: SQLite refuses that while somebody else has it open. */
function letGo(path: string): void {
  try {
    using db = openDatabase(path, 0);
    const mode = db.prepare('PRAGMA journal_mode = DELETE').get()?.journal_mode;
    if (mode !== 'delete') throw new Cause('database_busy', { where: path });
  } catch (error) {
    if (isBusy(error)) throw new Cause('database_busy', { where: path, cause: error });
    if (error instanceof Cause) throw error;
    // A damaged one is what a backup is for.
    for (const beside of [`${path}-wal`, `${path}-shm`]) rmSync(beside, { force: true });
    if (!existsSync(path)) throw translated(error, path);
  }
}

function sync(folder: string): void {
  // Not every system opens a folder.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
