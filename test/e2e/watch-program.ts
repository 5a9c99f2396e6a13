import { watch } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Program, runProgram } from './program.ts';

/** A running program of which every byte can be looked at. */
export interface WatchedProgram extends AsyncDisposable {
  readonly program: Program;
  /** Contains everything that the program may write: its data, its temporary files, its log. */
  readonly root: string;
  readonly data: string;
  /**
   * Names of the temporary files that were made, deleted ones too, because their bytes may still be
   * on the disk.
   */
  readonly temporaries: readonly (string | null)[];
}

/** Starts the program in a new folder. It logs on every level. */
export async function watchProgram(env: Readonly<Record<string, string>> = {}): Promise<WatchedProgram> {
  const root = await mkdtemp(join(tmpdir(), 'facefinder-bytes-'));
  const [data, temporary] = [join(root, 'data'), join(root, 'tmp')];
  await mkdir(temporary);
  const temporaries: (string | null)[] = [];
  const watcher = watch(temporary, (_, name) => temporaries.push(name));
  const program = await runProgram({ dataDir: data, env: { TMPDIR: temporary, LOG_LEVEL: 'debug', ...env } });
  return {
    program,
    root,
    data,
    temporaries,
    async [Symbol.asyncDispose]() {
      watcher.close();
      await program[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true });
    },
  };
}
