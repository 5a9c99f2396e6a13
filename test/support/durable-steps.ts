/**
 * The steps that make something durable in SQLite: a transaction's COMMIT, a single statement, a
 * VACUUM or a checkpoint. Each is all or nothing by SQLite's promise, which
 * test/gallery/sqlite/crash.test.ts checks write by write. So the states between two of them are
 * all states that a crash can leave.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';

const WRITES = /^\s*(BEGIN IMMEDIATE|INSERT|UPDATE|DELETE|VACUUM|PRAGMA wal_checkpoint)/i;

/**
 * From now on `step` is called before each durable step of every database that this thread opens.
 * If the call throws, the database does not do the durable step, and throws the same error.
 */
export function beforeDurableSteps(step: () => void): void {
  const { exec, prepare } = DatabaseSync.prototype;
  let writes = false;

  DatabaseSync.prototype.exec = function (sql) {
    if (/^\s*BEGIN/i.test(sql)) writes = WRITES.test(sql);
    else if (WRITES.test(sql) || (writes && /^\s*COMMIT/i.test(sql))) step();
    exec.call(this, sql);
  };

  DatabaseSync.prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql);
    if (!WRITES.test(sql)) return statement;
    return new Proxy(statement, {
      get(target, name: keyof StatementSync) {
        const value = target[name];
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (name === 'run' || name === 'get' || name === 'all') step();
          return Reflect.apply(value, target, args);
        };
      },
    });
  };
}

/** SQLITE_IOERR and SQLITE_FULL: https://sqlite.org/rescode.html */
const IO_ERROR = 10;
const FULL = 13;

let onStep = () => {};
let isWatched = false;

function watch(step: () => void): void {
  if (!isWatched) beforeDurableSteps(() => onStep());
  isWatched = true;
  onStep = step;
}

function diskGone(): never {
  throw Object.assign(new Error('the disk is gone'), { code: 'ERR_SQLITE_ERROR', errcode: IO_ERROR });
}

/**
 * Lets every step from the n-th on fail, as on a lost disk, until the returned function is called.
 * `onCut` is called before the first of them fails.
 */
export function cutWrites(nth: number, onCut: () => void): () => void {
  let steps = 0;
  watch(() => {
    steps += 1;
    if (steps === nth) onCut();
    if (steps >= nth) diskGone();
  });
  return () => watch(() => {});
}

/** Lets only the n-th step from now fail. Gives a function that says how many steps came since. */
export function failWrite(nth: number): () => number {
  let steps = 0;
  watch(() => {
    steps += 1;
    if (steps === nth) diskGone();
  });
  return () => steps;
}

/**
 * Lets each step fail for lack of room while `isFull` holds, until the returned function is called.
 */
export function fillDisk(isFull: () => boolean): () => void {
  watch(() => {
    if (isFull()) throw Object.assign(new Error('the disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: FULL });
  });
  return () => watch(() => {});
}
