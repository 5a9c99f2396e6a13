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

/** The file of a key that the embedded mode made, if no {@link keyPointer} names another. */
export function masterKeyFile(dataDir: string): string {
  return join(dataDir, 'master.key');
}

/**
 * The file that holds the path of a key in another folder. A copy of `dataDir` then lacks the key.
 */
export function keyPointer(dataDir: string): string {
  return join(dataDir, 'master.key.path');
}

/** Matches files that a killed start may have left while it made a key. */
export const HALF_KEYS = /^master\.key\.(\d+|[0-9a-f]{8}-[0-9a-f-]{27})$/;

/** Files younger than this may belong to a start that is running. */
export const STALE_KEY_MS = 60_000;

/**
 * The file of the key of `dataDir`. If there is a pointer, the pointer names it. Otherwise it is in
 * the folder. The key may not exist yet.
 */
export function keyFileOf(dataDir: string): string {
  const apart = pointedTo(dataDir);
  const beside = masterKeyFile(dataDir);
  if (apart === undefined) return beside;
  // If the file that the pointer names is missing, a move of the key was interrupted.
  return !existsSync(apart) && existsSync(beside) ? beside : apart;
}

/**
 * The master key of `dataDir`. The first call makes it, in the folder `apart` if one is given, else
 * in `dataDir`. Only its owner can read it. When a folder with its key is copied, the copy opens
 * everything. At home that is acceptable; on a server it is not.
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
 * @throws Cause `key_lost` when the key is gone although one of the `sealed` files is there, which
 * no new key can open; `key_damaged`
 */
export function foundMasterKey(dataDir: string, sealed: readonly string[]): Uint8Array | undefined {
  // This is checked before the key. Another start at the same time may make both, and makes the key
  // first.
  const isSealed = sealed.some((data) => existsSync(data));
  const file = keyFileOf(dataDir);
  if (existsSync(file)) return readKey(file);
  if (isSealed) throw new Cause('key_lost', { where: file });
  return undefined;
}

/**
 * Moves the key from `dataDir` into a file of its own in the folder `apart`, and gives its path.
 * Undefined when `dataDir` has no key, or another key is in use. After an interruption, a second
 * call finishes the move.
 * @throws Cause `key_damaged`
 */
export function moveKey(dataDir: string, apart: string): string | undefined {
  const from = masterKeyFile(dataDir);
  if (!existsSync(from)) return undefined;
  const key = readKey(from);
  const to = pointTo(dataDir, apart);
  place(to, `${key.toString('base64')}\n`);
  if (!readKey(to).equals(key)) return undefined;
  // Overwrites the bytes, because a removed file may stay on the disk.
  writeFileSync(from, Buffer.alloc(statSync(from).size), { flush: true });
  rmSync(from);
  return to;
}

function readKey(file: string): Buffer {
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length < MIN_KEY_BYTES) throw new Cause('key_damaged', { where: file });
  return key;
}

/** The path of the key that the pointer holds; undefined when there is no pointer. */
function pointedTo(dataDir: string): string | undefined {
  return existsSync(keyPointer(dataDir)) ? readPointer(dataDir) : undefined;
}

function readPointer(dataDir: string): string {
  return resolve(dataDir, readFileSync(keyPointer(dataDir), 'utf8').trim());
}

/** Makes the pointer name a file in `apart`, if there is no pointer yet. Gives that file. */
function pointTo(dataDir: string, apart: string): string {
  if (!existsSync(keyPointer(dataDir))) {
    // If the folder cannot be used, there must be no pointer to it, so that the operator can name
    // another.
    mkdirSync(apart, { recursive: true, mode: 0o700 });
    accessSync(apart, constants.W_OK | constants.X_OK);
    place(keyPointer(dataDir), `${join(resolve(apart), `${randomUUID()}.key`)}\n`);
  }
  const file = readPointer(dataDir);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return file;
}

/**
 * Makes a whole file, if there is none. When two processes start at once, one file stays, and both
 * read it: linking is one step, and refuses a second file. Its name does not come from the process
 * id, because two containers may have the same.
 */
function place(file: string, text: string): void {
  const own = join(dirname(file), `master.key.${randomUUID()}`);
  try {
    writeFileSync(own, text, { mode: 0o600, flush: true });
    linkSync(own, file);
    flushFolder(dirname(file));
  } catch (error) {
    // The other process has made it.
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Writes the name of a file to the disk, so that it survives a power cut. */
function flushFolder(folder: string): void {
  // Windows cannot open a folder.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** Removes a second copy of the key, which a killed start may have left. */
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
