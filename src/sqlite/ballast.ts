import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Room for some dozen notes and erasures. */
const BALLAST_BYTES = 1 << 20;

/** Beside the ballast so much more must be free when it is laid in: it shall fill no disk. */
const FREE_BYTES = 8 * BALLAST_BYTES;

/** A file that holds nothing and takes room, so that there is some once a disk is full. */
export interface Ballast {
  /** Lays it in, if it is not there and there is room for it. What keeps it from that is not told. */
  layIn(): void;
  /** Gives its room away; false when it is gone already. */
  throwOff(): boolean;
}

/** The ballast that lies at `path`. */
export function ballastAt(path: string): Ballast {
  return {
    layIn() {
      if (existsSync(path)) return;
      try {
        const { bavail, bsize } = statfsSync(dirname(path));
        // Random, so that no file system makes nothing of it.
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
