import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cause } from '../cause.ts';
import { dataDirCause, systemCause } from '../explain/codes.ts';
import type { Finding } from '../finding.ts';
import { assertMakeable } from './folder.ts';

export const DATA_DIR = 'data folder (DATA_DIR)';

/** How much space must be free. With less, the next enrolment may not fit on the disk. */
const ROOM_BYTES = 1 << 20;

/**
 * Checks that DATA_DIR can be written, or made if it is missing. It writes a file there, and
 * removes it again.
 */
export function checkDataDir(dataDir: string): Finding[] {
  try {
    const what = existsSync(dataDir) ? checkThere(dataDir) : checkMissing(dataDir);
    return [{ part: DATA_DIR, state: 'ok', what }];
  } catch (error) {
    throw dataDirCause(error, dataDir) ?? systemCause(error, dataDir) ?? error;
  }
}

function checkThere(dataDir: string): string {
  assertMakeable(dataDir);
  writeAndRemove(dataDir);
  return `${dataDir} can be written`;
}

function checkMissing(dataDir: string): string {
  const parent = assertMakeable(dataDir);
  const { bavail, bsize } = statfsSync(parent);
  if (bavail * bsize < ROOM_BYTES) throw new Cause('disk_full', { where: parent });
  return `${dataDir} is not made yet: the first start makes it`;
}

/**
 * Writes and removes a file of {@link ROOM_BYTES}. The check of the gallery rolls its transaction
 * back, and so does not show whether there is space on the disk.
 */
function writeAndRemove(folder: string): void {
  const file = join(folder, `.doctor-${randomBytes(6).toString('hex')}`);
  try {
    writeFileSync(file, Buffer.alloc(ROOM_BYTES), { mode: 0o600, flush: true });
  } finally {
    rmSync(file, { force: true });
  }
}
