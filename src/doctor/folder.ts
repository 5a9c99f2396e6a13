import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Throws, as a start would, when this user cannot use the folder `path` or, if it is missing,
 * cannot make it. Makes nothing. The error has a system error's `code` and `path`. Gives the folder
 * that was looked at: `path`, or the nearest one above it that exists.
 */
export function assertMakeable(path: string): string {
  const folder = nearest(path);
  if (!statSync(folder).isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR', path: folder });
  accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  return folder;
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}
