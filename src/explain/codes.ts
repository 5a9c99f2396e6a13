import { Cause, type CauseCode } from '../cause.ts';

/** The causes for codes of Node and the system that mean the same everywhere. */
const SYSTEM: Readonly<Record<string, CauseCode>> = {
  ENOSPC: 'disk_full',
  EDQUOT: 'disk_full',
  EMFILE: 'files_used_up',
  ENFILE: 'files_used_up',
  MODULE_NOT_FOUND: 'native_missing',
  ERR_MODULE_NOT_FOUND: 'native_missing',
  ERR_DLOPEN_FAILED: 'native_missing',
};

/** SQLite's primary result codes: https://sqlite.org/rescode.html */
const SQLITE: Readonly<Record<number, CauseCode>> = {
  5: 'database_busy',
  6: 'database_busy',
  8: 'data_dir_readonly',
  10: 'disk_failing',
  11: 'database_unreadable',
  13: 'disk_full',
  14: 'data_dir_denied',
  26: 'database_unreadable',
};

/**
 * The Cause for an error of Node or the system whose code means the same everywhere; undefined for
 * other errors.
 */
export function systemCause(error: unknown, where?: string): Cause | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const code = SYSTEM[String(error.code)];
  const place = where ?? (code === 'native_missing' ? missingModule(error) : undefined);
  return code && new Cause(code, { ...(place !== undefined && { where: place }), cause: error });
}

/**
 * The name of the package that Node's loader did not find, by the message of its error. A path of
 * this machine is left out.
 */
function missingModule({ message }: Error): string | undefined {
  return /node_modules\/((?:@[\w.-]+\/)?[\w.-]+)|'((?:@[\w.-]+\/)?[\w.-]+)'/.exec(message)?.slice(1).find(Boolean);
}

/**
 * The Cause for an error of SQLite about `file`; undefined for an error that no operator can mend,
 * such as a wrong statement.
 */
export function sqliteCause(error: unknown, file: string): Cause | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  const code = SQLITE[Number(error.errcode) & 0xff];
  return code && new Cause(code, { where: file, cause: error });
}

/** The Cause for an error that says that DATA_DIR cannot be used; undefined for other errors. */
export function dataDirCause(error: unknown, dataDir: string): Cause | undefined {
  const code = error instanceof Error && 'code' in error ? DATA_DIR[String(error.code)] : undefined;
  return code && new Cause(code, { where: dataDir, cause: error });
}

const DATA_DIR: Readonly<Record<string, CauseCode>> = {
  EEXIST: 'data_dir_file',
  ENOTDIR: 'data_dir_file',
  EACCES: 'data_dir_denied',
  EPERM: 'data_dir_denied',
  EROFS: 'data_dir_readonly',
};
