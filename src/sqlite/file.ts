import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { Cause, causeOf } from '../cause.ts';
import { Failure } from '../failure.ts';
import { repeat } from '../timing/repeat.ts';
import { openDatabase } from './database.ts';
import { damaged, isBusy, translated, unreadable } from './errors.ts';
import { migrate, versionOf } from './migrate.ts';
import { makePrivate } from './private.ts';
import { scrubber } from './scrub.ts';
import { type Sql, statementsOf } from './statements.ts';

export type { Sql };

/** How long a call waits while other processes use the file. Then it throws `unavailable`. */
const WAIT_MS = 10_000;

/** How much of that time SQLite itself waits at once, which blocks this process's event loop. */
const BLOCKING_MS = 20;

/**
 * A SQLite file, with one connection for all callers in this process. Their transactions never
 * overlap, because each begins and ends in one tick. Every call throws `unavailable` when the file
 * cannot be read or written.
 */
export interface SqliteFile extends Disposable {
  readonly path: string;
  /** The statements. Use them only inside {@link read} and {@link write}. */
  readonly sql: Sql;
  /** Runs `work` in a transaction that reads, so that it sees the database at one moment. */
  read<T>(work: () => T): Promise<T>;
  /**
   * Runs `work` in a transaction that writes. If `work` throws, nothing has changed. `work` may run
   * more than once, when another process uses the file.
   */
  write<T>(work: () => T): Promise<T>;
  /**
   * Removes the bytes of deleted rows from the file and from the files that SQLite keeps beside it.
   * False when another connection prevents that, and the caller must try again later. All calls
   * during a scrub share the scrub that comes after it.
   */
  scrub(): Promise<boolean>;
  /**
   * Throws when the file cannot be read. If an earlier call threw `unavailable`, this also tries to
   * write, and throws if that fails. A file that was found damaged counts as damaged until it is
   * opened again.
   */
  check(): Promise<void>;
}

interface Options {
  readonly path: string;
  /** The steps from an empty file to today's schema. Never change a released step: add one. */
  readonly steps: readonly string[];
  /**
   * Runs after the steps, in the same transaction. `taken`: how many steps the file had taken
   * before this opening. `isReindexed`: an index did not fit its table, and was made again. A
   * flipped bit in either of the two causes that.
   */
  readonly prepare?: (sql: Sql, taken: number, isReindexed: boolean) => void;
  /**
   * Whether the file stays as it is. Each transaction first brings the file to today's schema, then
   * does its work, and is then rolled back. The file must exist. The opening also throws when a
   * page of the file is damaged.
   */
  readonly rehearsal?: boolean;
  /**
   * Whether to check every page and index first, and to make all indices again if one does not fit.
   * The opening throws when the file is still damaged then, except with `isServedDamaged`.
   */
  readonly isExamined?: boolean;
  /** Whether the file is opened although it is damaged. A rehearsal opens no damaged file. */
  readonly isServedDamaged?: boolean;
}

/**
 * Opens or makes the file, which only its owner can read, and brings it to today's schema.
 * @throws Failure `unavailable` when the file cannot be opened, or is damaged and not only in its
 * indices; Cause `database_newer` when a newer facefinder wrote the file, which then stays as it is
 */
export async function openSqliteFile({
  path,
  steps,
  prepare,
  rehearsal = false,
  isExamined = false,
  isServedDamaged = false,
}: Options): Promise<SqliteFile> {
  const isNew = !existsSync(path) || statSync(path).size === 0;
  const opening = <T>(work: Promise<T>) => (isNew ? work : work.catch((error) => Promise.reject(damaged(error, path))));
  const begun = patiently(path, () => {
    if (!rehearsal) makePrivate(path);
    return openDatabase(path, BLOCKING_MS);
  });
  const db = await opening(begun);
  const sql = statementsOf(db);
  const bringUpToDate = () => {
    const isReindexed = isExamined && !rehearsal && makeSound(db, sql, path, isServedDamaged);
    const taken = migrate(db, path, steps);
    prepare?.(sql, taken, isReindexed);
  };
  const rehearse = <T>(work: () => T) => patiently(path, () => undone(db, bringUpToDate, work));
  let met: unknown;
  const within = async <T>(begin: Begin, work: () => T): Promise<T> => {
    try {
      return await patiently(path, () => transaction(db, begin, work));
    } catch (error) {
      if (error instanceof Failure && error.code === 'unavailable') met = error;
      throw error;
    }
  };
  const read = <T>(work: () => T) => within('BEGIN', work);
  const write = <T>(work: () => T) => within('BEGIN IMMEDIATE', work);
  // This writes a value that the file has already, to find out whether writing works.
  const touch = () => db.exec(`PRAGMA user_version = ${versionOf(db)}`);
  try {
    if (rehearsal) await opening(rehearse(() => assertWhole(sql, path)));
    else await opening(patiently(path, () => transaction(db, 'BEGIN IMMEDIATE', bringUpToDate)));
  } catch (error) {
    db.close();
    throw error;
  }
  const scrub = scrubber(path);
  return {
    path,
    sql,
    read: rehearsal ? rehearse : read,
    write: rehearsal ? rehearse : write,
    async check() {
      if (causeOf(met)?.code === 'database_unreadable') throw met;
      if (met === undefined) return await read(() => void sql.get`SELECT count(*) FROM sqlite_schema`);
      await write(touch);
      met = undefined;
    },
    scrub: async () => {
      if (!db.isOpen) throw new Failure('unavailable', { cause: new Error('the file is closed') });
      return scrub();
    },
    [Symbol.dispose]: () => close(db),
  };
}

/**
 * Reads an existing file of any schema, which it does not bring up to date.
 * @throws Failure `unavailable` when the file cannot be read
 */
export async function lookInto<T>(path: string, work: (sql: Sql) => T): Promise<T> {
  const db = await patiently(path, () => openDatabase(path, BLOCKING_MS));
  try {
    return await patiently(path, () => work(statementsOf(db)));
  } finally {
    close(db);
  }
}

/**
 * Closes the database. Before that it empties the write-ahead log, if no other connection prevents
 * that.
 */
function close(db: DatabaseSync): void {
  if (!db.isOpen) return;
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Nothing is lost: the next opening takes the rows from the log.
  } finally {
    db.close();
  }
}

type Begin = 'BEGIN' | 'BEGIN IMMEDIATE';

function transaction<T>(db: DatabaseSync, begin: Begin, work: () => T): T {
  db.exec(begin);
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // When the disk is full, SQLite has already rolled back.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function undone<T>(db: DatabaseSync, prepare: () => void, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    prepare();
    return work();
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
}

/**
 * Makes all indices again if one is damaged. Gives whether it did. An index only repeats its table,
 * so it can be made again. If the file is still damaged then, throws `unavailable`, except with
 * `isServedDamaged`.
 */
function makeSound(db: DatabaseSync, sql: Sql, path: string, isServedDamaged: boolean): boolean {
  const isSound = () => {
    const { integrity_check: found } = sql.get`PRAGMA integrity_check(1)` as { integrity_check: string };
    return found === 'ok';
  };
  if (isSound()) return false;
  try {
    db.exec('REINDEX');
  } catch (error) {
    if (!isServedDamaged) throw error;
    return false;
  }
  if (!isServedDamaged && !isSound()) throw unreadable(path);
  return true;
}

function assertWhole(sql: Sql, path: string): void {
  const { quick_check: found } = sql.get`PRAGMA quick_check(1)` as { quick_check: string };
  if (found !== 'ok') throw new Cause('database_unreadable', { where: path });
}

/** Repeats `attempt` while other processes use the file, and does not block this process. */
async function patiently<T>(path: string, attempt: () => T): Promise<T> {
  const waitsUntil = Date.now() + WAIT_MS;
  const pause = (error: unknown) => (isBusy(error) && Date.now() <= waitsUntil ? 5 + Math.random() * 20 : undefined);
  return await repeat(async () => attempt(), pause).catch((error) => Promise.reject(translated(error, path)));
}
