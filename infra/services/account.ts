import { execFileSync } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isRoot } from './folders.ts';

/**
 * The account that servers run as. It is the system's user `nobody` when root starts a server,
 * because Redis does not need root, and Elasticsearch refuses it. Otherwise it is the caller's own
 * account, and both ids are absent.
 */
export function account(): { readonly uid?: number; readonly gid?: number } {
  if (!isRoot()) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/**
 * Makes a folder that only the servers' account can use. Folders above it that are missing are made
 * so that this account can pass them. Throws an error that names the obstacle.
 */
export async function makeServiceDir(dir: string): Promise<void> {
  try {
    await mkdir(dirname(dir), { recursive: true });
    await mkdir(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new Error(`the folder ${dir} cannot be made: is there room, and may you write there?`, { cause });
  }
  await giveToService(dir);
}

/** Gives a file or folder to the account that servers run as. */
export async function giveToService(path: string): Promise<void> {
  const { uid, gid } = account();
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}
