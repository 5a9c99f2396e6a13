import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder with the downloads that all checkouts share. For root it is not in root's home,
 * because the servers that root starts run as the user `nobody`, who cannot read that home.
 */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  if (isRoot() && env.XDG_CACHE_HOME === undefined) return '/var/cache/facefinder';
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'facefinder');
}

/** Data, logs and pid files of the servers that `npm run services` starts. */
export function stateDir(env: NodeJS.ProcessEnv = process.env): string {
  if (isRoot() && env.XDG_STATE_HOME === undefined) return '/var/lib/facefinder/services';
  return join(env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'facefinder', 'services');
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
