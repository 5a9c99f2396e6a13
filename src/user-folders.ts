import { homedir } from 'node:os';
import { join } from 'node:path';

/** A folder of this user for facefinder, where the system usually has it. */
function userFolder(xdg: string | undefined, ...unix: readonly string[]): string {
  if (xdg) return join(xdg, 'facefinder');
  if (process.platform !== 'win32') return join(homedir(), ...unix, 'facefinder');
  return join(process.env.LOCALAPPDATA ?? homedir(), 'facefinder', unix.at(-1) ?? '');
}

/**
 * The folder for files that must stay when the data are lost, and must not be copied with the data.
 */
export const STATE_FOLDER = userFolder(process.env.XDG_STATE_HOME, '.local', 'state');

/** The folder for the key that seals a bot's data. It holds neither the data nor the state. */
export const KEY_FOLDER = userFolder(process.env.XDG_CONFIG_HOME, '.config');

/** The folder for model files. All installations of this user share it. */
export const MODEL_FOLDER = join(homedir(), '.cache', 'facefinder', 'models');
