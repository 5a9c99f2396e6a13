import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lived } from './life.ts';

/** The kinds of calls that may fail: see shim.c. */
export type Call = 'write' | 'fsync' | 'change' | 'fork' | 'connect' | 'send';

/**
 * A life in which the n-th call of a kind failed (`nth` 0: no call), and how many calls of each
 * kind it made.
 */
export interface FaultyLife extends Lived {
  readonly kind: string;
  readonly nth: number;
  readonly counts: Readonly<Record<Call, number>>;
}

/** Longer than all lives of a drill take. */
const MOST_MS = 6 * 3_600_000;

/**
 * Builds the shim in a folder, and gives its path. Without Linux or a C compiler, says what is not
 * tested, and gives undefined.
 */
export function builtShim(folder: string): string | undefined {
  const shim = join(folder, 'shim.so');
  const args = ['-O1', '-shared', '-fPIC', '-o', shim, join(import.meta.dirname, 'shim.c'), '-ldl'];
  const { status, stderr, error } = spawnSync('cc', args, { encoding: 'utf8' });
  if (process.platform === 'linux' && status === 0) return shim;
  const why = process.platform === 'linux' ? (error?.message ?? stderr) : `this is ${process.platform}`;
  console.error(
    `\n*** NOT TESTED: calls to the system that fail, because there is no C compiler that makes the shim (${why})\n`,
  );
  return undefined;
}

/** The environment in which the shim can let a process's calls fail, on files below `root`. */
export const shimmed = (shim: string, root: string): Readonly<Record<string, string>> => ({
  LD_PRELOAD: shim,
  FAULT_ROOT: root,
});

/**
 * The most processes that live lives at the same time. They may be more than the machine's cores,
 * because a life in production mostly waits.
 */
const SIDE_BY_SIDE = 12;

/**
 * Each process lives at least this many lives, if there are enough. To start a process takes as
 * long as one life with SQLite.
 */
const FEWEST = 2;

/** Lives one life for each of these numbers, in processes with this environment. */
export async function livesWith(
  kind: Call | 'none',
  numbers: readonly number[],
  env: Readonly<Record<string, string>>,
): Promise<FaultyLife[]> {
  const each = Math.max(FEWEST, Math.ceil(numbers.length / SIDE_BY_SIDE));
  const processes = Math.ceil(numbers.length / each);
  const shares = Array.from({ length: processes }, (_, nth) => numbers.slice(nth * each, (nth + 1) * each));
  const lived = await Promise.all(shares.map((share) => inOneProcess(kind, share, env)));
  return lived.flat();
}

async function inOneProcess(
  kind: Call | 'none',
  numbers: readonly number[],
  env: Readonly<Record<string, string>>,
): Promise<FaultyLife[]> {
  const program = join(import.meta.dirname, 'life-process.ts');
  const args = ['--disable-warning=ExperimentalWarning', program, kind, numbers.join(',')];
  const options = { env, timeout: MOST_MS, maxBuffer: 2 ** 28 };
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
