import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A started server, noted so that another process can end it. */
export interface NotedDaemon {
  readonly pid: number;
  readonly name: string;
}

/**
 * The environment variable that names the file with the list of this run's servers. Child processes
 * inherit it.
 */
const LIST = 'FACEFINDER_DAEMONS_OF_RUN';

/**
 * From now on, every server that this process or its children start ends with this process, even
 * after a kill. `dir`, a folder of the run, is then removed.
 */
export function endServersWithThisProcess(dir: string): void {
  const list = join(dir, 'daemons');
  writeFileSync(list, '');
  process.env[LIST] = list;
  const keeper = fileURLToPath(new URL('keeper.ts', import.meta.url));
  // The keeper's standard input ends when this process ends. The keeper has a process group of its
  // own, so that a terminal that ends this process does not end the keeper.
  const child = spawn(process.execPath, [keeper, dir, list], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
}

/** Notes a started server when this process belongs to a run that ends its servers. */
export function noteForRun(daemon: NotedDaemon): void {
  const list = process.env[LIST];
  if (list !== undefined) appendFileSync(list, `${JSON.stringify(daemon)}\n`);
}
