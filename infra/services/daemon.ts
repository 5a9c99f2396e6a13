import { execFileSync, spawn } from 'node:child_process';
import { chown, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRoot } from './places.ts';

/** A server on loopback, in a process group of its own that outlives the one who started it. */
export interface Daemon {
  readonly pid: number;
  /** Ends it as an operator would, within 30 s; nothing happens when it has ended already. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

export interface DaemonOptions {
  /** For messages and for the pid and log files. */
  readonly name: string;
  /** Where its pid file and log go; made when absent, and given to the account that it runs as. */
  readonly dir: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Resolves when the server answers, rejects when it does not yet. */
  readonly healthy: () => Promise<void>;
  readonly timeoutMs: number;
}

/** Starts a server, or finds the one already running in `dir`, and waits until it is healthy. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { name, dir } = options;
  const found = await runningIn(dir, name);
  if (found !== undefined) {
    await untilHealthy(options, () => !isAlive(found));
    return daemon(found, dir, name);
  }
  await using log = await open(logFile(dir, name), 'a', 0o600);
  const child = spawn(options.command, options.args, {
    cwd: dir,
    detached: true,
    env: { PATH: process.env.PATH, ...options.env },
    stdio: ['ignore', log.fd, log.fd],
    ...account(),
  });
  const failed = Promise.withResolvers<never>();
  child.once('error', failed.reject);
  const { pid } = child;
  if (pid === undefined) return failed.promise;
  child.unref();
  await writeFile(pidFile(dir, name), `${pid}\n`);
  try {
    await untilHealthy(options, () => child.exitCode !== null || child.signalCode !== null);
  } catch (cause) {
    await daemon(pid, dir, name).kill();
    throw new Error(`${name} did not start:\n${await lastLines(dir, name)}`, { cause });
  }
  return daemon(pid, dir, name);
}

/** Ends the server of that name in `dir`; false when none runs. */
export async function stopDaemon(dir: string, name: string): Promise<boolean> {
  const pid = await runningIn(dir, name);
  if (pid === undefined) return false;
  await daemon(pid, dir, name).stop();
  return true;
}

/** Makes a folder that the server, and nobody else, may use; those above it it may pass. */
export async function makeServiceDir(dir: string): Promise<void> {
  await mkdir(dirname(dir), { recursive: true });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await giveToService(dir);
}

/** Gives a file or folder to the account that servers run as. */
export async function giveToService(path: string): Promise<void> {
  const { uid, gid } = account();
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

/** nobody, when root asks (neither Redis nor Elasticsearch needs root, and the latter refuses it); else whoever asks. */
export function account(): { readonly uid?: number; readonly gid?: number } {
  if (!isRoot()) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A port that nobody uses now: `wanted` when it is free, else any. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  server.once('error', () => resolve(undefined));
  server.listen(wanted, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
  });
  return (await promise) ?? freePort();
}

function daemon(pid: number, dir: string, name: string): Daemon {
  const end = async (signal: NodeJS.Signals) => {
    signalGroup(pid, signal);
    if (!(await ended(pid, 30_000))) {
      signalGroup(pid, 'SIGKILL');
      if (!(await ended(pid, 10_000))) throw new Error(`${name} (pid ${pid}) does not end`);
    }
    await rm(pidFile(dir, name), { force: true });
  };
  return { pid, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

async function ended(pid: number, timeoutMs: number): Promise<boolean> {
  const giveUpAt = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > giveUpAt) return false;
    await sleep(100);
  }
  return true;
}

async function untilHealthy(options: DaemonOptions, hasEnded: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + options.timeoutMs;
  for (;;) {
    try {
      return await options.healthy();
    } catch (cause) {
      if (hasEnded()) throw new Error(`${options.name} ended`, { cause });
      if (Date.now() > giveUpAt) throw new Error(`${options.name} is not healthy in time`, { cause });
      await sleep(100);
    }
  }
}

/** The pid in the pid file, if that process still is what it was: pids are used again. */
async function runningIn(dir: string, name: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile(dir, name), 'utf8').catch(() => ''));
  return pid && groupOf(pid).some(({ command }) => command.includes(name)) ? pid : undefined;
}

function isAlive(pid: number): boolean {
  return groupOf(pid).length > 0;
}

/** The living processes of a server: Elasticsearch has a launcher and the node proper. Dead ones that nobody collected are none. */
function groupOf(leader: number): { readonly command: string }[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pgid=,stat=,args='], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return listed.split('\n').flatMap((line) => {
    const [group, state, ...command] = line.trim().split(/\s+/);
    return Number(group) === leader && !state?.startsWith('Z') ? [{ command: command.join(' ') }] : [];
  });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Ended in the meantime.
  }
}

async function lastLines(dir: string, name: string): Promise<string> {
  const log = await readFile(logFile(dir, name), 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-15).join('\n');
}

const pidFile = (dir: string, name: string) => join(dir, `${name}.pid`);
const logFile = (dir: string, name: string) => join(dir, `${name}.log`);
