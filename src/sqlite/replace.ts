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

/** A new path beside the database, for the file that is to replace the database. */
export function besideOf(path: string): string {
  return `${path}${RESTORE}${randomUUID()}`;
}

/**
 * Removes all files at paths of {@link besideOf}, also those that killed processes left. Their
 * bytes are overwritten.
 */
export function removeBeside(path: string): void {
  const folder = dirname(path);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names.filter((one) => one.startsWith(`${basename(path)}${RESTORE}`))) {
    const gone = besideOf(path);
    // The process that made the file may still be running. Once the file is renamed, that process
    // no longer finds it, and cannot replace the database by it.
    if (isRenamed(join(folder, name), gone)) remove(gone);
  }
}

/** Renames a file. False when there is no such file, because another process has renamed it. */
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
 * Replaces the database at `path`, in one step, by the closed database at `fresh`. The bytes of the
 * old database are overwritten.
 * @throws Cause `database_busy` while any process has the old database open
 */
export function replaceDatabase(path: string, fresh: string): void {
  if (!existsSync(path)) {
    // A write-ahead log that an earlier database left must go. SQLite would take its rows into the
    // new database.
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

/** Removes a file, if there is one, after its bytes are overwritten. */
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
 * Makes SQLite move the rows of the write-ahead log into the database, and remove the files beside
 * it. If the database is too damaged for that, removes these files.
 * @throws Cause `database_busy` when another process has the database open
 */
function letGo(path: string): void {
  try {
    using db = openDatabase(path, 0);
    const mode = db.prepare('PRAGMA journal_mode = DELETE').get()?.journal_mode;
    if (mode !== 'delete') throw new Cause('database_busy', { where: path });
  } catch (error) {
    if (isBusy(error)) throw new Cause('database_busy', { where: path, cause: error });
    if (error instanceof Cause) throw error;
    // The database may be damaged, which may be the reason why it is replaced.
    for (const beside of besides(path)) remove(beside);
    if (!existsSync(path)) throw translated(error, path);
  }
}

function sync(folder: string): void {
  // On Windows a folder cannot be opened.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
