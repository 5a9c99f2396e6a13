import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A started server, as it is noted for whoever ends it. */
export interface NotedDaemon {
  readonly pid: number;
  readonly name: string;
}

/** Path of the list of this run's servers; processes that this one starts inherit it. */
const LIST = 'FACEFINDER_DAEMONS_OF_RUN';

/**
 * From now on every server that this process starts, or one that it starts, ends with this process, even if that is killed; `dir`,
 * a folder of the run's own, is removed then.
 */
export function endServersWithThisProcess(dir: string): void {
  const list = join(dir, 'daemons');
  writeFileSync(list, '');
  process.env[LIST] = list;
  const keeper = fileURLToPath(new URL('keeper.ts', import.meta.url));
  // It sees its standard input end when this process does, and it is in no group that a terminal ends.
  const child = spawn(process.execPath, [keeper, dir, list], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
}

/** Notes a server that was started, if this process belongs to a run that ends its servers. */
export function noteForRun(daemon: NotedDaemon): void {
  const list = process.env[LIST];
  if (list !== undefined) appendFileSync(list, `${JSON.stringify(daemon)}\n`);
}
