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

/** The file of a key that the embedded mode made, unless {@link keyPointer} names another. */
export function masterKeyFile(dataDir: string): string {
  return join(dataDir, 'master.key');
}

/**
 * The file that holds the path of a key in another folder. A copy of `dataDir` then lacks the key.
 */
export function keyPointer(dataDir: string): string {
  return join(dataDir, 'master.key.path');
}

/** Files that a killed start may leave while making a key. */
export const HALF_KEYS = /^master\.key\.(\d+|[0-9a-f]{8}-[0-9a-f-]{27})$/;

/** Younger files may belong to a running start. */
export const STALE_KEY_MS = 60_000;

/**
 * The key's file for `dataDir`: where its pointer says, else in the folder. The key may not exist
 * yet.
 */
export function keyFileOf(dataDir: string): string {
  const apart = pointedTo(dataDir);
  const beside = masterKeyFile(dataDir);
  if (apart === undefined) return beside;
  // A move of the key was interrupted.
  return !existsSync(apart) && existsSync(beside) ? beside : apart;
}

/**
 * The master key of `dataDir`, made at the first call. Only its owner can read it. It is made in
 * the folder `apart` if given, else in `dataDir`. A copy of a folder with its key opens everything:
 * that is acceptable for a machine at home, but not for a server.
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
 * @throws Cause `key_lost` when it is gone although one of the `sealed` files is there, which no
 * new key can open; `key_damaged`
 */
export function foundMasterKey(dataDir: string, sealed: readonly string[]): Uint8Array | undefined {
  // Checked before the key: another start at the same time may make both, the key first.
  const isSealed = sealed.some((data) => existsSync(data));
  const file = keyFileOf(dataDir);
  if (existsSync(file)) return readKey(file);
  if (isSealed) throw new Cause('key_lost', { where: file });
  return undefined;
}

/**
 * Moves the key out of `dataDir` into a file of its own in the folder `apart`, and gives its path.
 * Undefined when `dataDir` has none, or another key is in use. After an interruption, a second call
 * completes it.
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

/** The key's path from the pointer; undefined without a pointer. */
function pointedTo(dataDir: string): string | undefined {
  return existsSync(keyPointer(dataDir)) ? readPointer(dataDir) : undefined;
}

function readPointer(dataDir: string): string {
  return resolve(dataDir, readFileSync(keyPointer(dataDir), 'utf8').trim());
}

/** Points the key to a file in `apart`, unless a pointer exists. Gives the file. */
function pointTo(dataDir: string, apart: string): string {
  if (!existsSync(keyPointer(dataDir))) {
    // An unusable folder must not get a pointer: the operator names another.
    mkdirSync(apart, { recursive: true, mode: 0o700 });
    accessSync(apart, constants.W_OK | constants.X_OK);
    place(keyPointer(dataDir), `${join(resolve(apart), `${randomUUID()}.key`)}\n`);
  }
  const file = readPointer(dataDir);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return file;
}

/**
 * Makes a whole file, unless it is there. When two processes start at once, one file stays and both
 * read it: linking is atomic and refuses a second file. The name holds no process id, because two
 * containers may have the same.
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

/** Makes the name of a file survive a power cut. */
function flushFolder(folder: string): void {
  // Windows cannot open a folder.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** Removes the second copy of the key that a killed start may leave. */
function removeHalfKeys(folder: string): void {
  try {
    for (const name of readdirSync(folder).filter((one) => HALF_KEYS.test(one))) {
      const path = join(folder, name);
      if (Date.now() - statSync(path).mtimeMs > STALE_KEY_MS) rmSync(path, { force: true });
    }
  } catch {
    // Doctor reports what cannot be read or removed here.
  }
}
