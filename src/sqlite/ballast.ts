import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The size of the ballast. Some dozen notes and erasures fit into it. */
const BALLAST_BYTES = 1 << 20;

/** How much must stay free besides the ballast, so that the ballast does not fill the disk. */
const FREE_BYTES = 8 * BALLAST_BYTES;

/** A file that only takes up space. When the disk is full, that space can be given up. */
export interface Ballast {
  /** Makes the file if it is missing and there is space. Reports no failure. */
  layIn(): void;
  /** Gives up the space. False when it was given up already. */
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
