/**
 * Started by run.ts. Waits until the run ends, then kills what is left of its servers and removes
 * their folder.
 */
import { readFileSync, rmSync } from 'node:fs';
import { isDaemon, signalGroup } from './daemon.ts';
import type { NotedDaemon } from './run.ts';

const [dir = '', list = ''] = process.argv.slice(2);
process.stdin.resume().once('close', () => {
  for (const daemon of noted()) if (isDaemon(daemon)) signalGroup(daemon.pid, 'SIGKILL');
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

/**
 * The servers that the run noted. Empty after a regular end, which removes the list with the
 * folder.
 */
function noted(): NotedDaemon[] {
  try {
    return readFileSync(list, 'utf8')
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}
