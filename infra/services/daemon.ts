import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { account } from './account.ts';
import { noteForRun } from './run.ts';

/** A server on loopback, in a process group of its own. It outlives the process that started it. */
export interface Daemon {
  readonly pid: number;
  /** Whether this call started it. False: it was already running. */
  readonly isNew: boolean;
  /** Ends it as an operator would, within 30 s. Does nothing when it has already ended. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

export interface DaemonOptions {
  /** For messages and for the pid and log files. */
  readonly name: string;
  /**
   * The folder of its pid file and log. It is made when absent, and belongs to the server's
   * account.
   */
  readonly dir: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Resolves when the server answers, and rejects while it does not. */
  readonly healthy: () => Promise<void>;
  readonly timeoutMs: number;
  /** Aborting kills the started server, and the start rejects. */
  readonly signal?: AbortSignal | undefined;
}

/** Starts a server, or finds the one already running in `dir`, and waits until it is healthy. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { name, dir } = options;
  const found = await runningIn(dir, name);
  if (found !== undefined) {
    await untilHealthy(options, () => !isAlive(found));
    return daemon(found, dir, name, false);
  }
  await using log = await open(logFile(dir, name), 'a', 0o600);
  const child = spawn(options.command, options.args, {
    cwd: dir,
    detached: true,
    env: { PATH: process.env.PATH, ...options.env },
    stdio: ['ignore', log.fd, log.fd],
    ...account(),
  });
  const { pid } = child;
  if (pid === undefined) {
    const [cause] = await once(child, 'error');
    throw new Error(`${name} cannot be run by the account of the servers`, { cause });
  }
  child.unref();
  noteForRun({ pid, name });
  await writeFile(pidFile(dir, name), `${pid}\n`);
  try {
    await untilHealthy(options, () => child.exitCode !== null || child.signalCode !== null);
  } catch (cause) {
    await daemon(pid, dir, name).kill();
    options.signal?.throwIfAborted();
    throw new Error(`${name} did not start:\n${await lastLines(dir, name)}`, { cause });
  }
  return daemon(pid, dir, name);
}

/** Ends the server of that name in `dir`. False when none runs. */
export async function stopDaemon(dir: string, name: string): Promise<boolean> {
  const pid = await runningIn(dir, name);
  if (pid === undefined) return false;
  await daemon(pid, dir, name).stop();
  return true;
}

function daemon(pid: number, dir: string, name: string, isNew = true): Daemon {
  const end = async (signal: NodeJS.Signals) => {
    signalGroup(pid, signal);
    if (!(await ended(pid, 30_000))) {
      signalGroup(pid, 'SIGKILL');
      if (!(await ended(pid, 10_000))) throw new Error(`${name} (pid ${pid}) does not end`);
    }
    await rm(pidFile(dir, name), { force: true });
  };
  return { pid, isNew, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
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
      options.signal?.throwIfAborted();
      if (hasEnded()) throw new Error(`${options.name} ended`, { cause });
      if (Date.now() > giveUpAt) throw new Error(`${options.name} is not healthy in time`, { cause });
      await sleep(100);
    }
  }
}

/** The pid in the pid file of `dir`, if the same server still has it. */
export async function runningIn(dir: string, name: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile(dir, name), 'utf8').catch(() => ''));
  return pid && isDaemon({ pid, name }) ? pid : undefined;
}

/**
 * Whether that process leads a server of that name. Another process may have the pid by now,
 * because systems reuse pids.
 */
export function isDaemon({ pid, name }: { readonly pid: number; readonly name: string }): boolean {
  return groupOf(pid).some(({ command }) => command.includes(name));
}

function isAlive(pid: number): boolean {
  return groupOf(pid).length > 0;
}

/**
 * The living processes of a server. Elasticsearch has a launcher and the node itself. Zombies do
 * not count.
 */
function groupOf(leader: number): { readonly command: string }[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pgid=,stat=,args='], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return listed.split('\n').flatMap((line) => {
    const [group, state, ...command] = line.trim().split(/\s+/);
    return Number(group) === leader && !state?.startsWith('Z') ? [{ command: command.join(' ') }] : [];
  });
}

/** Sends a signal to all processes of a server. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}

async function lastLines(dir: string, name: string): Promise<string> {
  const log = await readFile(logFile(dir, name), 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-15).join('\n');
}

const pidFile = (dir: string, name: string) => join(dir, `${name}.pid`);
const logFile = (dir: string, name: string) => join(dir, `${name}.log`);
