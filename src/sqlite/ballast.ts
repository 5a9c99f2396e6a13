import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Room for some dozen notes and erasures. */
const BALLAST_BYTES = 1 << 20;

/** This much must stay free besides the ballast, so that it does not fill a disk. */
const FREE_BYTES = 8 * BALLAST_BYTES;

/** A file that only takes room, so that there is some to give up when a disk is full. */
export interface Ballast {
  /** Makes the file if it is missing and there is room. Reports no failure. */
  layIn(): void;
  /** Gives up its room. False when it is already gone. */
  throwOff(): boolean;
}

/** The ballast at `path`. */
export function ballastAt(path: string): Ballast {
  return {
    layIn() {
      if (existsSync(path)) return;
      try {
        const { bavail, bsize } = statfsSync(dirname(path));
        // Random bytes, so that no file system compresses them away.
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
