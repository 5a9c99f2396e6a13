import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { account } from './account.ts';

/** The Debian package of each program. */
const PACKAGES: Readonly<Record<string, string>> = {
  'redis-server': 'redis-server',
  mvn: 'maven',
  openssl: 'openssl',
  ps: 'procps',
};

/**
 * Absolute path of a program on PATH, in a folder that is `usable`. Throws an error that says what
 * to install.
 */
export function findProgram(name: string, usable: (folder: string) => boolean = () => true): string {
  for (const folder of (process.env.PATH ?? '').split(':').filter((path) => path.startsWith('/'))) {
    const path = join(folder, name);
    if (isExecutable(path) && usable(folder)) return path;
  }
  throw new Error(`${name} is not installed (Debian: apt-get install ${PACKAGES[name] ?? name})`);
}

/**
 * As {@link findProgram}, for a program that the servers' account runs. It skips folders that this
 * account may not enter.
 */
export function findServer(name: string): string {
  return findProgram(name, mayEnter);
}

/** Whether the servers' account may use this folder. */
function mayEnter(folder: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...account(), stdio: 'ignore' }).status === 0;
}

/** Throws an error that names the folder that keeps the servers' account from `path`. */
export function demandWayTo(path: string): void {
  const folders = [path];
  while (dirname(path) !== path) {
    path = dirname(path);
    folders.unshift(path);
  }
  const closed = folders.find((folder) => !mayEnter(folder));
  if (closed === undefined) return;
  const who = account().uid === undefined ? 'you' : 'nobody, as whom servers of root run,';
  throw new Error(`${who} may not enter the folder ${closed}: allow it (chmod), or choose another place`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
