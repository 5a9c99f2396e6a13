import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/**
 * Makes the first file believe that its Node is old. `npm run test:install` runs it on Nodes that
 * are old.
 */
const OLD = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.1.0' }); process.execArgv.length = 0`;

describe('on a Node that is too old, the first file', () => {
  test('has the program run by the Node that came along: arguments, output and exit code are its own', async () => {
    expect(await ended(first(ROOT, ['models', 'list']))).toMatchObject({
      code: 0,
      out: expect.stringContaining('sface128@'),
    });
    expect(await ended(first(ROOT, ['dance']))).toMatchObject({ code: 2, err: expect.stringContaining('dance') });
  });

  test('passes SIGTERM on, and ends with the program', async () => {
    const { launcher, program } = await started();
    launcher.kill('SIGTERM');
    expect(await once(launcher, 'exit')).toEqual([0, null]);
    expect(lives(program)).toBe(false);
  });

  test('leaves no program behind when it is killed', async () => {
    const { launcher, program } = await started();
    launcher.kill('SIGKILL');
    await vi.waitUntil(() => !lives(program), { timeout: 240_000, interval: 100 });
  });

  test('ends by the signal that ended the program', async () => {
    const { launcher, program } = await started();
    process.kill(program, 'SIGKILL');
    expect(await once(launcher, 'exit')).toEqual([null, 'SIGKILL']);
  });

  test('says in a sentence which command brings a Node when none came along', async () => {
    const bare = await bareCheckout();
    expect(await ended(first(bare, ['start']))).toEqual({
      code: 1,
      out: '',
      err:
        'facefinder runs on Node 24.14 or newer, and this is 20.1.0. ' +
        `Run "npm install --include=optional" in ${bare}, which brings one, or install it from https://nodejs.org.\n`,
    });
  });
});

test('before anything is installed, the first file says in a sentence what to do', async () => {
  const bare = await bareCheckout();
  await cp(join(ROOT, 'src'), join(bare, 'src'), { recursive: true });
  await cp(join(ROOT, 'models'), join(bare, 'models'), { recursive: true });
  await cp(join(ROOT, 'commands'), join(bare, 'commands'), { recursive: true });
  const child = spawn(process.execPath, [join(bare, 'bin/facefinder.js'), 'start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(await ended(child)).toEqual({
    code: 1,
    out: '',
    err: `facefinder's packages are not installed. Run "npm install" in ${bare}.\n`,
  });
});

/** Copies what the first file needs of a clone. Nothing is installed there. */
async function bareCheckout(): Promise<string> {
  const bare = await mkdtemp(join(tmpdir(), 'facefinder-bare-'));
  onTestFinished(() => rm(bare, { recursive: true, force: true }));
  await cp(join(ROOT, 'bin'), join(bare, 'bin'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(bare, 'package.json'));
  return bare;
}

function first(checkout: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['--import', OLD, join(checkout, 'bin/facefinder.js'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/**
 * Runs `start` by the first file. Once the program is ready, gives the launcher and the program's
 * pid.
 */
async function started(): Promise<{ readonly launcher: ChildProcess; readonly program: number }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'facefinder-first-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const preload = join(dataDir, 'pid.mjs');
  await writeFile(preload, "process.stderr.write('pid ' + process.pid + '\\n')");
  const env = {
    DATA_DIR: dataDir,
    PLAYGROUND_PORT: '0',
    WORKERS: '1',
    LOG_LEVEL: 'silent',
    NODE_OPTIONS: `--import=${preload}`,
  };
  const launcher = first(ROOT, ['start'], env);
  onTestFinished(() => void launcher.kill('SIGKILL'));
  let said = '';
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  }
  await vi.waitUntil(() => said.includes('facefinder is ready'), { timeout: 240_000, interval: 50 });
  const pids = [...said.matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid));
  const program = pids.find((pid) => pid !== launcher.pid);
  if (program === undefined) throw new Error(said);
  return { launcher, program };
}

async function ended(
  child: ChildProcess,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('not piped');
  const [out, err, [code]] = await Promise.all([text(stdout), text(stderr), once(child, 'close')]);
  return { code, out, err };
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
