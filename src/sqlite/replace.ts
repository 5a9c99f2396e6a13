import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Cause } from '../cause.ts';
import { openDatabase } from './database.ts';
import { isBusy, translated } from './errors.ts';

const ZEROS = new Uint8Array(1 << 20);

const RESTORE = '.restore-';

/** A path beside the database, where its replacement is made. */
export function besideOf(path: string): string {
  return `${path}${RESTORE}${randomUUID()}`;
}

/**
 * Removes unfinished replacements beside a database, also those of killed processes. Their bytes
 * leave the disk.
 */
export function removeBeside(path: string): void {
  const folder = dirname(path);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names.filter((one) => one.startsWith(`${basename(path)}${RESTORE}`))) {
    const gone = besideOf(path);
    // Under the new name, no process can put it in the database's place any more.
    if (isRenamed(join(folder, name), gone)) remove(gone);
  }
}

/** False when another process was faster. */
function isRenamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Replaces a database by a closed one, in one step. The old one's bytes leave the disk.
 * @throws Cause `database_busy` while any program has the old one open
 */
export function replaceDatabase(path: string, fresh: string): void {
  if (!existsSync(path)) {
    // SQLite would take rows from another database's log into this one.
    for (const beside of besides(path)) remove(beside);
    renameSync(fresh, path);
    return;
  }
  letGo(path);
  const old = openSync(path, 'r+');
  try {
    renameSync(fresh, path);
    sync(dirname(path));
    blank(old);
  } finally {
    closeSync(old);
  }
}

/** Removes a file, if it exists. Its bytes leave the disk. */
function remove(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r+');
  try {
    blank(file);
  } finally {
    closeSync(file);
  }
  rmSync(path, { force: true });
}

function blank(file: number): void {
  const { size } = fstatSync(file);
  for (let at = 0; at < size; at += ZEROS.length) writeSync(file, ZEROS, 0, Math.min(ZEROS.length, size - at), at);
  fsyncSync(file);
}

/** The files that SQLite keeps beside a database. */
function besides(path: string): readonly string[] {
  return [`${path}-wal`, `${path}-shm`];
}

/**
 * Merges the files beside the database into it. SQLite refuses while another process has it open.
 */
function letGo(path: string): void {
  try {
    using db = openDatabase(path, 0);
    const mode = db.prepare('PRAGMA journal_mode = DELETE').get()?.journal_mode;
    if (mode !== 'delete') throw new Cause('database_busy', { where: path });
  } catch (error) {
    if (isBusy(error)) throw new Cause('database_busy', { where: path, cause: error });
    if (error instanceof Cause) throw error;
    // A damaged database may be the reason for this restore.
    for (const beside of besides(path)) remove(beside);
    if (!existsSync(path)) throw translated(error, path);
  }
}

function sync(folder: string): void {
  // Not every system can open a folder.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
