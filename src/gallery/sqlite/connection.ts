import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLTagStore } from 'node:sqlite';

import { sqliteCause } from '../../explain/codes.ts';
import { Failure } from '../../failure.ts';

import { repeat } from '../../timing/repeat.ts';
import { openDatabase } from './database.ts';

/** How long a call waits for other processes that write, before it gives up with `unavailable`. */
const PATIENCE_MS = 10_000;

/** How long SQLite itself waits, blocking this process's event loop. */
const BLOCKING_MS = 20;

/** One connection; its calls may come from anywhere, its transactions never overlap because each runs within one tick. */
export interface Connection extends Disposable {
  /** Runs statements, prepared once each: sql.get`SELECT … ${value}`. Only inside {@link read} and {@link write}. */
  readonly sql: SQLTagStore;
  /** Runs `work` over one unchanging state of the database. */
  read<T>(work: () => T): Promise<T>;
  /** Runs `work` as one durable step: all of it, or (when it throws) nothing. It may run again when another process is busy. */
  write<T>(work: () => T): Promise<T>;
}

/** Opens (or makes) the file, readable by its owner alone, and brings it to today's schema by `prepare`, in one transaction. */
export async function connect(file: string, prepare: (db: DatabaseSync) => void): Promise<Connection> {
  makePrivate(file);
  const db = await patiently(file, () => openDatabase(file, BLOCKING_MS));
  try {
    await patiently(file, () => transaction(db, 'BEGIN IMMEDIATE', () => prepare(db)));
  } catch (error) {
    db.close();
    throw error;
  }
  return {
    sql: db.createTagStore(),
    read: (work) => patiently(file, () => transaction(db, 'BEGIN', work)),
    write: (work) => patiently(file, () => transaction(db, 'BEGIN IMMEDIATE', work)),
    [Symbol.dispose]: () => db[Symbol.dispose](),
  };
}

/** SQLite gives -wal and -shm the mode of the database file. */
function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

function transaction<T>(db: DatabaseSync, begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T {
  db.exec(begin);
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk has rolled back already.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Waits for other processes without blocking this one. */
async function patiently<T>(file: string, attempt: () => T): Promise<T> {
  const patienceEnds = Date.now() + PATIENCE_MS;
  const pause = (error: unknown) => (isBusy(error) && Date.now() <= patienceEnds ? 5 + Math.random() * 20 : undefined);
  return await repeat(async () => attempt(), pause).catch((error) => Promise.reject(translated(error, file)));
}

/** SQLite's primary result codes: https://sqlite.org/rescode.html */
const BUSY = new Set([5, 6]);
const BUGS = new Set([1, 19, 20, 21, 25]);

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

function isBusy(error: unknown): boolean {
  return BUSY.has(primaryCode(error) ?? 0);
}

/** The store's own troubles (busy, full, read-only, unreadable, closed) are `unavailable`; a wrong statement is a bug. */
function translated(error: unknown, file: string): unknown {
  const code = primaryCode(error);
  const closed = error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE';
  return closed || (code !== undefined && !BUGS.has(code))
    ? new Failure('unavailable', { cause: sqliteCause(error, file) ?? error })
    : error;
}
