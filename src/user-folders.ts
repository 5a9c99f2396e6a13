import { homedir } from 'node:os';
import { join } from 'node:path';

/** A folder of this user's own for facefinder, by the custom of the system. */
function userFolder(xdg: string | undefined, ...unix: readonly string[]): string {
  if (xdg) return join(xdg, 'facefinder');
  if (process.platform !== 'win32') return join(homedir(), ...unix, 'facefinder');
  return join(process.env.LOCALAPPDATA ?? homedir(), 'facefinder', unix.at(-1) ?? '');
}

/** What is to outlive the data, and must not travel with them. */
export const STATE_FOLDER = userFolder(process.env.XDG_STATE_HOME, '.local', 'state');

/** What a bot's data are sealed with: apart from both. */
export const KEY_FOLDER = userFolder(process.env.XDG_CONFIG_HOME, '.config');

/** Model files, which any installation of this user may share. */
export const MODEL_FOLDER = join(homedir(), '.cache', 'facefinder', 'models');
