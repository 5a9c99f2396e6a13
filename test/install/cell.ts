import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { photo, selfie, visitor } from '../e2e/page-app.ts';
import { watch } from '../e2e/program.ts';
import { strangersEnv, type Tools } from './tools.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');

/** A way to install facefinder. */
export interface Cell extends Tools {
  /** Whether npm may run install scripts. */
  readonly scripts: boolean;
}

/** Where the cells of a run work. */
export interface Ground {
  readonly folder: string;
  /** npm's cache, empty at the beginning of the run. */
  readonly cache: string;
  /** Model files, which the first cell fetches. */
  readonly models: string;
}

/** The most megabytes of packages, with and without what development needs. */
const MOST_MB = { development: 600, production: 320 };
const MOST_WARNINGS = 2;
/** npm's own dependencies warn on a Node past its end of life. */
const QUIET_FROM_NODE = 22;

/**
 * Runs README's two lines in this cell, in a fresh clone of the last commit and without npm
 * settings: installs, starts, finds a face, stops. Gives a line of figures. Throws at the first
 * difference from README.
 */
export async function tryCell(cell: Cell, ground: Ground): Promise<string> {
  const home = join(ground.folder, nameOf(cell));
  const checkout = join(home, 'facefinder');
  await mkdir(home, { recursive: true });
  try {
    await run('git', ['clone', '--quiet', ROOT, checkout]);
    const env = await strangersEnv(cell, join(ground.folder, 'tools'), home, ground.cache);
    const npm = (...args: string[]) => run('npm', args, { cwd: checkout, env, maxBuffer: 2 ** 26 });

    const { stderr } = await npm('install', ...(cell.scripts ? [] : ['--ignore-scripts']));
    const warnings = stderr.split('\n').filter((line) => /^npm warn/i.test(line)).length;
    if (cell.node >= QUIET_FROM_NODE) expectAtMost(warnings, MOST_WARNINGS, `lines of warnings:\n${stderr}\n`);
    await expectClean(checkout);
    await findSomebody(checkout, env, ground.models);
    if (!cell.scripts) await npm('run', 'postinstall');
    const development = await megabytes(checkout);
    expectAtMost(development, MOST_MB.development, 'MB with development tools');

    await npm('ci', '--omit=dev', ...(cell.scripts ? [] : ['--ignore-scripts']));
    if (!cell.scripts) await npm('run', 'postinstall');
    const production = await megabytes(checkout);
    expectAtMost(production, MOST_MB.production, 'MB without development tools');
    await expectClean(checkout);
    return `${warnings} lines of warnings, ${development} MB, ${production} MB without development tools`;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** A cell's name on the command line and in the report. */
export function nameOf({ npm, node, scripts }: Cell): string {
  return `npm${npm}-node${node}${scripts ? '' : '-without-scripts'}`;
}

async function expectClean(checkout: string): Promise<void> {
  const { stdout } = await run('git', ['status', '--porcelain'], { cwd: checkout });
  if (stdout !== '') throw new Error(`the clone is not clean:\n${stdout}`);
}

function expectAtMost(measured: number, most: number, what: string): void {
  if (measured > most) throw new Error(`${measured} ${what}; at most ${most} are promised`);
}

async function megabytes(checkout: string): Promise<number> {
  const { stdout } = await run('du', ['-sm', join(checkout, 'node_modules')]);
  return Number.parseInt(stdout, 10);
}

/**
 * Runs `npm start`, and enrols a selfie and finds it on another photo through the page. Then ends
 * npm: the program must end within seconds, and leave no process.
 */
async function findSomebody(checkout: string, env: NodeJS.ProcessEnv, models: string): Promise<void> {
  const settings = { DATA_DIR: join(checkout, 'data'), MODEL_DIR: models, PLAYGROUND_PORT: '0', WORKERS: '1' };
  const child = spawn('npm', ['start'], {
    cwd: checkout,
    env: { ...env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const program = await watch(child);
  try {
    const page = await fetch(program.url);
    if (!(await page.text()).includes('<html')) throw new Error(`the page answers ${page.status} without a page`);
    const somebody = visitor(program.url, 'somebody');
    await somebody.agree('/enroll', await selfie());
    const replies = await somebody.agree('/find', await readFile(photo(3)));
    if (!JSON.stringify(replies).includes('somebody')) {
      throw new Error(`not found: ${JSON.stringify(replies)}\n${program.output()}`);
    }
  } finally {
    await endGroup(child.pid ?? 0, program.ended);
  }
}

/**
 * Sends SIGTERM to npm alone, like a supervisor.
 * @throws when a process of npm's group is left 20 s later; then it kills the group
 */
async function endGroup(pid: number, ended: Promise<unknown>): Promise<void> {
  process.kill(pid, 'SIGTERM');
  await Promise.race([ended, sleep(20_000)]);
  // A process that has ended, but that its parent has not waited for, does not count.
  const living = ['-g', String(pid), '--runstates', 'DRST', '--list-full'];
  const left = await run('pgrep', living).catch(() => ({ stdout: '' }));
  if (left.stdout === '') return;
  process.kill(-pid, 'SIGKILL');
  throw new Error(`20 s after SIGTERM there is still\n${left.stdout}`);
}
