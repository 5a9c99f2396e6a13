import { homedir } from 'node:os';
import { join } from 'node:path';

/** This user's folder for facefinder, by the system's custom. */
function userFolder(xdg: string | undefined, ...unix: readonly string[]): string {
  if (xdg) return join(xdg, 'facefinder');
  if (process.platform !== 'win32') return join(homedir(), ...unix, 'facefinder');
  return join(process.env.LOCALAPPDATA ?? homedir(), 'facefinder', unix.at(-1) ?? '');
}

/** For what must outlive the data and not travel with them. */
export const STATE_FOLDER = userFolder(process.env.XDG_STATE_HOME, '.local', 'state');

/** For the key that seals a bot's data, apart from the data and from the state. */
export const KEY_FOLDER = userFolder(process.env.XDG_CONFIG_HOME, '.config');

/** For model files, which all installations of this user share. */
export const MODEL_FOLDER = join(homedir(), '.cache', 'facefinder', 'models');
