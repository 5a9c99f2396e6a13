import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cause } from '../cause.ts';
import { MIN_KEY_BYTES } from './keys.ts';

/** Where the embedded mode keeps a key that it made itself. */
export function masterKeyFile(dataDir: string): string {
  return join(dataDir, 'master.key');
}

/**
 * The master key kept in `dataDir`, made at the first call and readable by its owner alone. Whoever has the folder has the key:
 * enough for one machine at home, not for a server.
 * @throws as {@link foundMasterKey}
 */
export function keptMasterKey(dataDir: string, sealed: readonly string[]): Uint8Array {
  const found = foundMasterKey(dataDir, sealed);
  if (found) return found;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  makeKey(masterKeyFile(dataDir));
  return readKey(masterKeyFile(dataDir));
}

/**
 * The master key kept in `dataDir`; undefined where none was made yet.
 * @throws Cause `key_lost` when it is gone and one of the `sealed` files is there, whose key no new one can be; `key_damaged`
 */
export function foundMasterKey(dataDir: string, sealed: readonly string[]): Uint8Array | undefined {
  const file = masterKeyFile(dataDir);
  // Looked for before the key: of two that start at once, the other may make both, and it makes the key first.
  const isSealed = sealed.some((data) => existsSync(data));
  if (existsSync(file)) return readKey(file);
  if (isSealed) throw new Cause('key_lost', { where: file });
  return undefined;
}

function readKey(file: string): Uint8Array {
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length < MIN_KEY_BYTES) throw new Cause('key_damaged', { where: file });
  return key;
}

/**
 * Of two processes that start at once, one key is kept and both read it: linking is atomic and refuses a second one. Two
 * containers have the same process id, so that it names no file of one's own.
 */
function makeKey(file: string): void {
  const own = `${file}.${randomUUID()}`;
  writeFileSync(own, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(own, file);
  } catch (error) {
    // The other's key is there.
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(own);
  }
}
