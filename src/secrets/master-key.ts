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

/** Where the embedded mode keeps a key that it made itself, unless {@link keyPointer} says where else. */
export function masterKeyFile(dataDir: string): string {
  return join(dataDir, 'master.key');
}

/** Names the file with the key where that is kept apart: a copy of the folder then lacks the key. */
export function keyPointer(dataDir: string): string {
  return join(dataDir, 'master.key.path');
}

/** What a start that was killed may have left of a key. */
export const HALF_KEYS = /^master\.key\.(\d+|[0-9a-f]{8}-[0-9a-f-]{27})$/;

/** Younger ones may belong to a start that is under way. */
export const STALE_KEY_MS = 60_000;

/** Where the key of `dataDir` is, or is to be made: where its pointer says, else in the folder. */
export function keyFileOf(dataDir: string): string {
  const apart = pointedTo(dataDir);
  const beside = masterKeyFile(dataDir);
  if (apart === undefined) return beside;
  // Moving it was cut short.
  return !existsSync(apart) && existsSync(beside) ? beside : apart;
}

/**
 * The master key of `dataDir`, made at the first call and readable by its owner alone. It is made in
 * the folder `apart`, where one is given, else in `dataDir`: whoever has a folder with its key has
 * all of it, which is enough for one machine at home, and not for a server.
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
 * The master key of `dataDir`; undefined where none was made yet.
 * @throws Cause `key_lost` when it is gone and one of the `sealed` files is there, whose key no new
 *   one can be; `key_damaged`
 */
export function foundMasterKey(dataDir: string, sealed: readonly string[]): Uint8Array | undefined {
  // Looked for before the key: of two that start at once, the other may make both, the key first.
  const isSealed = sealed.some((data) => existsSync(data));
  const file = keyFileOf(dataDir);
  if (existsSync(file)) return readKey(file);
  if (isSealed) throw new Cause('key_lost', { where: file });
  return undefined;
}

/**
 * Moves the key out of `dataDir` into a file of its own in the folder `apart`, and gives its path;
 * undefined where none lies in `dataDir`, or another key is in use. Cut short, a second call ends it.
 * @throws Cause `key_damaged`
 */
export function moveKey(dataDir: string, apart: string): string | undefined {
  const from = masterKeyFile(dataDir);
  if (!existsSync(from)) return undefined;
  const key = readKey(from);
  const to = pointTo(dataDir, apart);
  place(to, `${key.toString('base64')}\n`);
  if (!readKey(to).equals(key)) return undefined;
  // Its bytes too: what is removed may stay on a disk.
  writeFileSync(from, Buffer.alloc(statSync(from).size), { flush: true });
  rmSync(from);
  return to;
}

function readKey(file: string): Buffer {
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length < MIN_KEY_BYTES) throw new Cause('key_damaged', { where: file });
  return key;
}

/** What the pointer says; undefined where there is none. */
function pointedTo(dataDir: string): string | undefined {
  return existsSync(keyPointer(dataDir)) ? readPointer(dataDir) : undefined;
}

function readPointer(dataDir: string): string {
  return resolve(dataDir, readFileSync(keyPointer(dataDir), 'utf8').trim());
}

/** Lets the key be in a file of its own in `apart`, unless it is said already where; gives that file. */
function pointTo(dataDir: string, apart: string): string {
  if (!existsSync(keyPointer(dataDir))) {
    // A folder that is no good must not be pointed to: the operator names another.
    mkdirSync(apart, { recursive: true, mode: 0o700 });
    accessSync(apart, constants.W_OK | constants.X_OK);
    place(keyPointer(dataDir), `${join(resolve(apart), `${randomUUID()}.key`)}\n`);
  }
  const file = readPointer(dataDir);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return file;
}

/**
 * Makes a file whole, unless it is there. Of two processes that start at once, one file is kept and
 * both read it: linking is atomic and refuses a second one. Two containers have the same process id,
 * so that it names no file of one's own.
 */
function place(file: string, text: string): void {
  const own = join(dirname(file), `master.key.${randomUUID()}`);
  try {
    writeFileSync(own, text, { mode: 0o600, flush: true });
    linkSync(own, file);
    flushFolder(dirname(file));
  } catch (error) {
    // The other's is there.
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** The name of a file outlives a power cut too. */
function flushFolder(folder: string): void {
  // Windows opens no folder.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** A start that was killed between two steps leaves a second copy of the key. */
function removeHalfKeys(folder: string): void {
  try {
    for (const name of readdirSync(folder).filter((one) => HALF_KEYS.test(one))) {
      const path = join(folder, name);
      if (Date.now() - statSync(path).mtimeMs > STALE_KEY_MS) rmSync(path, { force: true });
    }
  } catch {
    // Doctor says what may not be read or removed here.
  }
}
