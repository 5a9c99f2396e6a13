import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { OperatorError } from '../causes/operator-error.ts';
import type { Keys } from '../secrets/keys.ts';
import { sealJson, unsealJson } from '../secrets/seal.ts';

/**
 * The first words of a backup's first line. The backup's random id follows them. All other lines
 * are sealed.
 */
const MAGIC = 'facefinder backup 1 ';

/**
 * A backup is a text file. After the first line, each line is a sealed part, which is bound to its
 * number and to this backup. Only the master key opens it, and no part can be left out or moved.
 * The last part says that it is the last.
 */
export interface PartsFile<T> {
  readonly write: (part: T) => Promise<void>;
}

/**
 * Writes the parts that `work` gives into a file that only its owner can read. Once the file is
 * whole and on the disk, it gets its name, and replaces an older file with that name.
 */
export async function writeParts<T>(
  path: string,
  keys: Keys,
  work: (file: PartsFile<T>) => Promise<void>,
): Promise<void> {
  const part = `${path}.part`;
  // If an earlier backup was interrupted, its unfinished file goes.
  await rm(part, { force: true });
  const handle = await open(part, 'wx', 0o600);
  try {
    let number = 0;
    const id = randomUUID();
    await writeLine(handle, `${MAGIC}${id}`);
    await work({
      write: async (one) => {
        await writeLine(handle, sealJson(keys.backups, one, contextOf(id, number)));
        number += 1;
      },
    });
    await handle.sync();
    await handle.close();
    await rename(part, path);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}

/**
 * The parts of a backup file, in their order.
 * @throws OperatorError when it is no backup, was sealed with another key, or was changed
 */
export async function* readParts<T>(path: string, keys: Keys): AsyncGenerator<T> {
  let number = -1;
  let id = '';
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    if (number === -1 && !line.startsWith(MAGIC)) throw new OperatorError(`${path} is no backup of facefinder.`);
    if (number === -1) id = line.slice(MAGIC.length);
    else yield opened<T>(path, keys, line, id, number);
    number += 1;
  }
  if (number === -1) throw new OperatorError(`${path} is no backup of facefinder: it is empty.`);
}

function opened<T>(path: string, keys: Keys, line: string, id: string, number: number): T {
  try {
    return unsealJson<T>(keys.backups, line, contextOf(id, number));
  } catch (cause) {
    const what =
      number === 0
        ? `${path} does not open with this master key: set the key of the facefinder that made it (MASTER_KEY_FILE), or the file is damaged.`
        : `${path} is damaged: its part ${number} does not open. Take another backup.`;
    throw new OperatorError(what, { cause });
  }
}

async function writeLine(handle: FileHandle, line: string): Promise<void> {
  await handle.appendFile(`${line}\n`);
}

const contextOf = (id: string, number: number): string => `backup|${id}|${number}`;
