import { randomBytes, randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Cause } from '../cause.ts';
import { MIN_KEY_BYTES } from './keys.ts';

/** The file of the key that the embedded mode made, if no {@link keyPointer} names another file. */
export function masterKeyFile(dataDir: string): string {
  return join(dataDir, 'master.key');
}

/**
 * The pointer: a file with the path of a key that is in another folder, so that a copy of `dataDir`
 * does not contain the key.
 */
export function keyPointer(dataDir: string): string {
  return join(dataDir, 'master.key.path');
}

/**
 * Matches the names of unfinished files, which a start leaves when it is killed as it makes a key.
 */
export const HALF_KEYS = /^master\.key\.(\d+|[0-9a-f]{8}-[0-9a-f-]{27})$/;

/** Unfinished files that are younger than this may belong to a start that is still running. */
export const STALE_KEY_MS = 60_000;

/**
 * The file of the key of `dataDir`: the file that the pointer names, or without a pointer the one
 * in `dataDir`. The file may not exist yet.
 */
export function keyFileOf(dataDir: string): string {
  const apart = pointedTo(dataDir);
  const beside = masterKeyFile(dataDir);
  if (apart === undefined) return beside;
  // If the file that the pointer names is missing, a move of the key was interrupted after the
  // pointer was made. The key is still in `dataDir` then.
  return !existsSync(apart) && existsSync(beside) ? beside : apart;
}

/**
 * The master key of `dataDir`. The first call makes the key, in the folder `apart` if one is given,
 * and otherwise in `dataDir`. Then somebody who copies `dataDir` can open everything, which is
 * acceptable at home, but not on a server. Only the owner of the file can read the key.
 * @throws as {@link foundMasterKey}
 */
export function keptMasterKey(dataDir: string, sealed: readonly string[], apart?: string): Uint8Array {
  const found = foundMasterKey(dataDir, sealed);
  if (!found) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (apart !== undefined) pointTo(dataDir, apart);
    place(keyFileOf(dataDir), `${randomBytes(MIN_KEY_BYTES).toString('base64')}\n`);
  }
  const file = keyFileOf(dataDir);
  removeHalfKeys(dirname(file));
  return found ?? readKey(file);
}

/**
 * The master key of `dataDir`; undefined when none was made yet.
 * @throws Cause `key_lost` when there is no key although one of the files `sealed` exists, which a
 * new key could not open; `key_damaged` when the file of the key contains no key
 */
export function foundMasterKey(dataDir: string, sealed: readonly string[]): Uint8Array | undefined {
  // This is checked before the key's file. Another start at the same moment makes the key first,
  // and a sealed file after it. In the other order, the key could seem lost.
  const isSealed = sealed.some((data) => existsSync(data));
  const file = keyFileOf(dataDir);
  if (existsSync(file)) return readKey(file);
  if (isSealed) throw new Cause('key_lost', { where: file });
  return undefined;
}

/**
 * Moves the key from `dataDir` to a new file in the folder `apart`, and gives the path of that
 * file. Undefined, and the key stays, when `dataDir` has no key, or the pointer names a file with
 * another key. After an interruption, a second call finishes the move.
 * @throws Cause `key_damaged` when the file has no key
 */
export function moveKey(dataDir: string, apart: string): string | undefined {
  const from = masterKeyFile(dataDir);
  if (!existsSync(from)) return undefined;
  const key = readKey(from);
  const to = pointTo(dataDir, apart);
  place(to, `${key.toString('base64')}\n`);
  if (!readKey(to).equals(key)) return undefined;
  // The bytes are overwritten, because those of a removed file may stay on the disk.
  writeFileSync(from, Buffer.alloc(statSync(from).size), { flush: true });
  rmSync(from);
  return to;
}

function readKey(file: string): Buffer {
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length < MIN_KEY_BYTES) throw new Cause('key_damaged', { where: file });
  return key;
}

/** The path in the pointer, as an absolute path; undefined when there is no pointer. */
function pointedTo(dataDir: string): string | undefined {
  return existsSync(keyPointer(dataDir)) ? readPointer(dataDir) : undefined;
}

function readPointer(dataDir: string): string {
  return resolve(dataDir, readFileSync(keyPointer(dataDir), 'utf8').trim());
}

/** Makes a pointer to a new file in `apart`, if there is no pointer. Gives the file it names. */
function pointTo(dataDir: string, apart: string): string {
  if (!existsSync(keyPointer(dataDir))) {
    // This throws before a pointer is made if the folder `apart` cannot be used. Then the operator
    // can still name another folder.
    mkdirSync(apart, { recursive: true, mode: 0o700 });
    accessSync(apart, constants.W_OK | constants.X_OK);
    place(keyPointer(dataDir), `${join(resolve(apart), `${randomUUID()}.key`)}\n`);
  }
  const file = readPointer(dataDir);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return file;
}

/**
 * Makes a file with this text, if there is none. The text is first written to an unfinished file,
 * which then gets its name by a link. A link is made in one step, and fails if the name is taken.
 * So when two processes start at once, both read the same whole file. The unfinished file has a
 * random name and not the process id, because processes in two containers may have the same id.
 */
function place(file: string, text: string): void {
  const own = join(dirname(file), `master.key.${randomUUID()}`);
  try {
    writeFileSync(own, text, { mode: 0o600, flush: true });
    linkSync(own, file);
    flushFolder(dirname(file));
  } catch (error) {
    // If the file exists, another process has made it.
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Writes a folder's list of names to the disk, so that new files in it survive a power cut. */
function flushFolder(folder: string): void {
  // On Windows a folder cannot be opened.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** Removes unfinished files, which may hold copies of the key. */
function removeHalfKeys(folder: string): void {
  try {
    for (const name of readdirSync(folder).filter((one) => HALF_KEYS.test(one))) {
      const path = join(folder, name);
      if (Date.now() - statSync(path).mtimeMs > STALE_KEY_MS) rmSync(path, { force: true });
    }
  } catch {
    // If something here cannot be read or removed, doctor reports it.
  }
}
