import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The size of the ballast, enough for some dozen erasures and the notes of them. */
const BALLAST_BYTES = 1 << 20;

/**
 * The ballast is made only if this much space stays free beside it, so that it does not fill the
 * disk itself.
 */
const FREE_BYTES = 8 * BALLAST_BYTES;

/** A file that only takes up space. When the disk is full, it is removed to free that space. */
export interface Ballast {
  /** Makes the file if it is missing and there is space. Reports no failure. */
  layIn(): void;
  /** Removes the file. False when there is no file, so that no space was freed. */
  throwOff(): boolean;
}

/** The ballast at `path`. */
export function ballastAt(path: string): Ballast {
  return {
    layIn() {
      if (existsSync(path)) return;
      try {
        const { bavail, bsize } = statfsSync(dirname(path));
        // The bytes are random, so that no file system can compress them.
        if (bavail * bsize > BALLAST_BYTES + FREE_BYTES)
          writeFileSync(path, randomBytes(BALLAST_BYTES), { mode: 0o600 });
      } catch {
        rmSync(path, { force: true });
      }
    },
    throwOff() {
      if (!existsSync(path)) return false;
      rmSync(path, { force: true });
      return true;
    },
  };
}
