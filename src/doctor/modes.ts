import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { galleryFile, pendingFile } from '../app/stores.ts';
import type { Config } from '../config.ts';
import type { Finding } from '../finding.ts';
import { keyFileOf } from '../secrets/master-key.ts';

export const READERS = 'who may read';

/** The rights of the group and of everybody else. */
const OWNER_ALONE = 0o077;
/** The rights of everybody who is neither the owner nor in the group. */
const NOT_EVERYBODY = 0o007;

/**
 * The files and folders of this installation that people other than their owner can read, change or
 * enter.
 */
export async function openToOthers({ stores, dataDir }: Config): Promise<Open[]> {
  const data = [galleryFile, pendingFile].map((of) => of(dataDir));
  const beside = data.flatMap((file) => [file, `${file}-wal`, `${file}-shm`]);
  const kept = stores.mode === 'embedded' ? [dataDir, keyFileOf(dataDir), ...beside] : [];
  return await openAmong([...kept, resolve('.env')], OWNER_ALONE);
}

/**
 * Reports files and folders that others can read. The operator's own key file is reported only if
 * everybody can read it.
 */
export async function checkReaders(config: Config): Promise<Finding[]> {
  const own = (await openToOthers(config)).map((open) => finding(open, 'npx facefinder doctor --fix closes it.'));
  const { stores, masterKeyFile } = config;
  // In production the key file is in a container with one user, where its mode does not matter.
  const given = stores.mode === 'embedded' && masterKeyFile !== undefined ? [masterKeyFile] : [];
  const theirs = (await openAmong(given, NOT_EVERYBODY)).map((open) => finding(open, 'Close it: chmod o= FILE.'));
  const open = [...own, ...theirs];
  return open.length > 0
    ? open
    : [{ part: READERS, state: 'ok', what: 'nobody but their owner: the data, the key and .env' }];
}

interface Open {
  readonly path: string;
  readonly isFolder: boolean;
  /** The lowest nine bits of the mode. */
  readonly mode: number;
}

async function openAmong(paths: readonly string[], mask: number): Promise<Open[]> {
  // On Windows, the mode does not say who may read a file.
  if (process.platform === 'win32') return [];
  const open: Open[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (!found || (found.mode & mask) === 0) continue;
    open.push({ path, isFolder: found.isDirectory(), mode: found.mode & 0o777 });
  }
  return open;
}

function finding({ path, mode }: Open, todo: string): Finding {
  return { part: READERS, state: 'warn', what: `${path} is open to others (mode ${mode.toString(8)})`, todo };
}
