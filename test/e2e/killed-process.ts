/**
 * Preloaded into the program (`node --import`): kills it (SIGKILL) right before the n-th step from
 * now that makes something durable, in any thread. Such a step (a transaction's COMMIT, a single
 * statement, a VACUUM or a checkpoint) is all or nothing by SQLite's promise, which
 * test/gallery/sqlite/crash.test.ts checks write by write. So these are all states that a crash can
 * leave.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';

const COUNTER = 'steps until the kill';

/** Shared by all threads. 0: no kill. */
const steps = new Int32Array(
  (getEnvironmentData(COUNTER) as SharedArrayBuffer | undefined) ?? new SharedArrayBuffer(4),
);

if (isMainThread) {
  setEnvironmentData(COUNTER, steps.buffer);
  process.on('message', (n) => {
    if (typeof n !== 'number') return;
    const left = Atomics.exchange(steps, 0, n);
    process.send?.(left);
  });
  process.channel?.unref();
}

function step(): void {
  if (Atomics.load(steps, 0) > 0 && Atomics.sub(steps, 0, 1) === 1) process.kill(process.pid, 'SIGKILL');
}

const WRITES = /^\s*(BEGIN IMMEDIATE|INSERT|UPDATE|DELETE|VACUUM|PRAGMA wal_checkpoint)/i;

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
