import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** What a room's tests made of a fault. `endless`: they came to no end, which a busy machine can make of sound code too. */
export type Outcome = 'noticed' | 'survives' | 'endless';

/** Files whose faults are tried, with the tests that must notice: run after run, the quickest first, until one fails. */
export interface Room {
  readonly files: RegExp;
  readonly tests: readonly (readonly string[])[];
}

const CONTRACT = 'test/gallery/sqlite/sqlite.test.ts';

export const ROOMS: readonly Room[] = [
  { files: /^src\/match\//, tests: [['test/match']] },
  { files: /^src\/secrets\//, tests: [['test/secrets']] },
  {
    files: /^src\/consent\//,
    tests: [
      ['test/consent', 'test/gallery/rules', 'test/cli/verify-receipt.test.ts'],
      [CONTRACT, 'test/chat/consent.test.ts', 'test/chat/retention.test.ts'],
    ],
  },
  { files: /^src\/gallery\/rules\//, tests: [['test/gallery/rules'], [CONTRACT]] },
  {
    files: /^src\/chat\/erasure\//,
    tests: [
      ['test/chat/erasure'],
      ['test/chat/erase-all.test.ts', 'test/chat/retention.test.ts', 'test/chat/traces.test.ts'],
      ['test/chat/expiry.test.ts'],
    ],
  },
];

const PATIENCE_MS = 180_000;

/** The room of a source file; undefined where no faults are made. */
export function roomOf(path: string): Room | undefined {
  return ROOMS.find(({ files }) => files.test(path));
}

/** What the tests of a room say of the copy of everything in `scratch`. */
export async function outcomeOf(scratch: string, { tests }: Room): Promise<Outcome> {
  for (const run of tests) {
    const outcome = await outcomeOfRun(scratch, run);
    if (outcome !== 'survives') return outcome;
  }
  return 'survives';
}

async function outcomeOfRun(scratch: string, tests: readonly string[]): Promise<Outcome> {
  const vitest = join(scratch, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--bail=1', ...tests], {
    cwd: scratch,
    stdio: 'ignore',
    detached: true,
  });
  let isEndless = false;
  const patience = setTimeout(() => {
    isEndless = true;
    end(child.pid);
  }, PATIENCE_MS);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('exit', resolve);
  const code = await promise;
  clearTimeout(patience);
  end(child.pid);
  if (isEndless) return 'endless';
  return code === 0 ? 'survives' : 'noticed';
}

/** Ends a run and the processes that it started. */
function end(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
