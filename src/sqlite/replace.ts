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

/** A path beside the database, at which a database to replace it is made. */
export function besideOf(path: string): string {
  return `${path}${RESTORE}${randomUUID()}`;
}

/**
 * Removes unfinished databases that were to replace this one, and those that killed processes left.
 * Their bytes leave the disk.
 */
export function removeBeside(path: string): void {
  const folder = dirname(path);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names.filter((one) => one.startsWith(`${basename(path)}${RESTORE}`))) {
    const gone = besideOf(path);
    // With its new name, the file can no longer replace the database.
    if (isRenamed(join(folder, name), gone)) remove(gone);
  }
}

/** Renames a file. False when another process has done so. */
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
 * Replaces a database, in one step, by another that is closed. The bytes of the old one leave the
 * disk.
 * @throws Cause `database_busy` while any program has the old one open
 */
export function replaceDatabase(path: string, fresh: string): void {
  if (!existsSync(path)) {
    // From a log that belongs to another database, SQLite would take rows into this one.
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

/** Removes a file, if there is one. Its bytes leave the disk. */
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

/** Takes the files beside the database into it. SQLite refuses when another process has it open. */
function letGo(path: string): void {
  try {
    using db = openDatabase(path, 0);
    const mode = db.prepare('PRAGMA journal_mode = DELETE').get()?.journal_mode;
    if (mode !== 'delete') throw new Cause('database_busy', { where: path });
  } catch (error) {
    if (isBusy(error)) throw new Cause('database_busy', { where: path, cause: error });
    if (error instanceof Cause) throw error;
    // The database may be damaged: perhaps that is why it is restored.
    for (const beside of besides(path)) remove(beside);
    if (!existsSync(path)) throw translated(error, path);
  }
}

function sync(folder: string): void {
  // Windows cannot open a folder.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
