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
 * Turns trouble of the store (busy, full, read-only, damaged, closed) into `unavailable`, with the
 * Cause if it is known. Other errors stay as they are, because a wrong statement is a bug.
 */
export function translated(error: unknown, path: string): unknown {
  if (!isTrouble(error)) return error;
  return new Failure('unavailable', { cause: sqliteCause(error, path) ?? systemCause(error, path) ?? error });
}

/**
 * The error for a file that cannot be opened. Our statements never change. So if SQLite refuses one
 * for an existing file, the file is damaged.
 */
export function damaged(error: unknown, path: string): unknown {
  return primaryCode(error) === undefined ? error : unreadable(path, error);
}

/** The failure for a file that nobody will ever be able to read. */
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
