import { fork } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Some milliseconds of work. */
const HASHES = 40;
const BLOCK = Buffer.alloc(65_536);

export interface Probe extends Disposable {
  /** Lets the process work, and waits until it has done so. */
  readonly run: () => Promise<void>;
}

/**
 * A process that does what every answer needs a little of: it computes, makes something durable,
 * and passes a message on. It knows nothing of facefinder.
 */
export function startProbe(): Probe {
  const child = fork(import.meta.filename, { execArgv: [] });
  const whole = new Map<number, () => void>();
  let runs = 0;
  child.on('message', (run: number) => {
    whole.get(run)?.();
    whole.delete(run);
  });
  const ended = once(child, 'close').then(() => {
    for (const done of whole.values()) done();
  });
  return {
    async run() {
      const run = runs++;
      const done = new Promise<void>((resolve) => whole.set(run, resolve));
      if (child.connected) child.send(run);
      await Promise.race([done, ended]);
    },
    [Symbol.dispose]: () => child.connected && child.disconnect(),
  };
}

if (process.send && process.argv[1] === import.meta.filename) {
  const folder = mkdtempSync(join(tmpdir(), 'facefinder-probe-'));
  const file = openSync(join(folder, 'durable'), 'w');
  process.on('message', (run) => {
    for (let left = HASHES; left > 0; left--) hash('sha256', BLOCK);
    writeSync(file, BLOCK, 0, BLOCK.length, 0);
    fsyncSync(file);
    process.send?.(run);
  });
  process.on('disconnect', () => {
    closeSync(file);
    rmSync(folder, { recursive: true });
  });
}
