import { Cause } from '../cause.ts';
import { sqliteCause, systemCause } from '../explain/codes.ts';
import { Failure } from '../failure.ts';

/** SQLite's primary result codes: https://sqlite.org/rescode.html */
const BUSY = new Set([5, 6]);
const BUGS = new Set([1, 19, 20, 21, 25]);

/** Whether another connection holds the file. A later try may succeed. */
export function isBusy(error: unknown): boolean {
  return BUSY.has(primaryCode(error) ?? 0);
}

/**
 * Turns an error about the file (busy, full, read-only, damaged, closed) into `unavailable`, with
 * the Cause if it is known. Gives other errors unchanged: a wrong statement, for example, is a bug.
 */
export function translated(error: unknown, path: string): unknown {
  if (!isTrouble(error)) return error;
  return new Failure('unavailable', { cause: sqliteCause(error, path) ?? systemCause(error, path) ?? error });
}

/**
 * The error to throw when an existing file cannot be opened. The statements of an opening are
 * always the same, and work on a sound file. So any error of SQLite means that the file is damaged.
 */
export function damaged(error: unknown, path: string): unknown {
  return primaryCode(error) === undefined ? error : unreadable(path, error);
}

/** The failure for a file that is damaged beyond repair. */
export function unreadable(path: string, cause?: unknown): Failure {
  return new Failure('unavailable', { cause: new Cause('database_unreadable', { where: path, cause }) });
}

function isTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = primaryCode(error);
  if (code !== undefined) return !BUGS.has(code);
  const isClosed = 'code' in error && error.code === 'ERR_INVALID_STATE';
  return isClosed || 'syscall' in error;
}

/** SQLite's primary code; undefined when the error is not SQLite's. */
function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}
