import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * How a run of tests ended. `failed`: the arguments with which vitest repeats the first failed
 * test.
 */
export type Verdict = 'passes' | 'endless' | { readonly failed: readonly string[] };

/**
 * Files in which faults are made, and the tests that must notice them. `tests` has one or more
 * runs, the quickest first. They are done one after the other until a test fails.
 */
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
      [
        'test/chat/expiry.test.ts',
        'test/chat/leaving.test.ts',
        'test/chat/pushed-out.test.ts',
        'test/chat/selfies.test.ts',
      ],
    ],
  },
];

/** Vitest's settings, in the copy. */
export const SETTINGS = 'vitest.mutants.config.ts';

const PATIENCE_MS = 180_000;

/** The room of a source file; undefined when no faults are made in it. */
export function roomOf(path: string): Room | undefined {
  return ROOMS.find(({ files }) => files.test(path));
}

/** Runs a room's tests in the copy in `scratch`, until one fails. */
export async function tryRoom(scratch: string, { tests }: Room): Promise<Verdict> {
  for (const run of tests) {
    const verdict = await tryTests(scratch, run);
    if (verdict !== 'passes') return verdict;
  }
  return 'passes';
}

/** Runs tests in the copy in `scratch`, by these arguments of vitest, until one fails. */
export async function tryTests(scratch: string, tests: readonly string[]): Promise<Verdict> {
  const vitest = join(scratch, 'node_modules/vitest/vitest.mjs');
  const told = join(scratch, 'told.json');
  await rm(told, { force: true });
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--config', SETTINGS, '--bail=1', '--reporter=json', `--outputFile=${told}`, ...tests],
    { cwd: scratch, stdio: 'ignore', detached: true },
  );
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
  const results = await readFile(told, 'utf8').then(
    (text) => Told.parse(JSON.parse(text)),
    () => undefined,
  );
  if (code !== 0) return { failed: (results && firstFailed(results)) ?? tests };
  if (!results?.numPassedTests) throw new Error(`no test ran: ${tests.join(' ')}`);
  return 'passes';
}

const Told = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(
        z.object({ ancestorTitles: z.array(z.string()), title: z.string(), status: z.string() }),
      ),
    }),
  ),
});

/**
 * Vitest's arguments for the first failed test, or for the file that does not load; undefined
 * without either.
 */
function firstFailed({ testResults }: z.infer<typeof Told>): string[] | undefined {
  const file = testResults.find(({ status }) => status === 'failed');
  if (!file) return undefined;
  const test = file.assertionResults.find(({ status }) => status === 'failed');
  if (!test) return [file.name];
  const name = [...test.ancestorTitles, test.title].join(' > ');
  return [file.name, '-t', `^${name.replaceAll(/\W/g, '.')}$`];
}

/** Ends a run and the processes that it started. */
function end(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
