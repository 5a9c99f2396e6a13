import { fork } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Some hundred milliseconds of work. Shorter work would never have to wait for a processor. */
const HASHES = 2_000;
const BLOCK = Buffer.alloc(65_536);

export interface Probe extends Disposable {
  /** Lets the process work, and gives for how many milliseconds it computed. */
  readonly run: () => Promise<number>;
}

/**
 * A process that does what every answer needs a little of: it computes, makes something durable,
 * and passes a message on. It knows nothing of facefinder.
 */
export function startProbe(): Probe {
  const child = fork(import.meta.filename, { execArgv: [] });
  const whole = new Map<number, (ms: number) => void>();
  let runs = 0;
  child.on('message', ({ run, ms }: { readonly run: number; readonly ms: number }) => {
    whole.get(run)?.(ms);
    whole.delete(run);
  });
  void once(child, 'close').then(() => {
    for (const done of whole.values()) done(0);
  });
  return {
    async run() {
      const run = runs++;
      const done = new Promise<number>((resolve) => whole.set(run, resolve));
      if (!child.connected) throw new Error('the probe has ended');
      child.send(run);
      return await done;
    },
    [Symbol.dispose]: () => child.connected && child.disconnect(),
  };
}

if (process.send && process.argv[1] === import.meta.filename) {
  const folder = mkdtempSync(join(tmpdir(), 'facefinder-probe-'));
  const file = openSync(join(folder, 'durable'), 'w');
  process.on('message', (run) => {
    const before = process.cpuUsage();
    for (let left = HASHES; left > 0; left--) hash('sha256', BLOCK);
    writeSync(file, BLOCK, 0, BLOCK.length, 0);
    fsyncSync(file);
    const { user, system } = process.cpuUsage(before);
    process.send?.({ run, ms: (user + system) / 1_000 });
  });
  process.on('disconnect', () => {
    closeSync(file);
    rmSync(folder, { recursive: true });
  });
}
