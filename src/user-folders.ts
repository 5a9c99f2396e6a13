import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder of this user for facefinder: in the folder `xdg` if that is set, otherwise where the
 * system usually has such folders.
 */
function userFolder(xdg: string | undefined, ...unix: readonly string[]): string {
  if (xdg) return join(xdg, 'facefinder');
  if (process.platform !== 'win32') return join(homedir(), ...unix, 'facefinder');
  return join(process.env.LOCALAPPDATA ?? homedir(), 'facefinder', unix.at(-1) ?? '');
}

/**
 * The folder for the second place: files that must not be lost or copied together with the data.
 */
export const STATE_FOLDER = userFolder(process.env.XDG_STATE_HOME, '.local', 'state');

/** The folder for the key that seals a bot's data. Neither the data nor the state is in it. */
export const KEY_FOLDER = userFolder(process.env.XDG_CONFIG_HOME, '.config');

/** The folder for model files. All installations of this user share it. */
export const MODEL_FOLDER = join(homedir(), '.cache', 'facefinder', 'models');
