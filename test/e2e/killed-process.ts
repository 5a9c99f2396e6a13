/**
 * Preloaded into the program (`node --import`): kills it (SIGKILL) right before the n-th step from
 * now that makes something durable, in any thread. A test with every n meets every state that a
 * crash can leave: see {@link beforeDurableSteps}.
 */
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import { beforeDurableSteps } from '../support/durable-steps.ts';

const COUNTER = 'steps until the kill';

/** How many steps are left, shared by all threads. 0: no kill. */
const steps = new Int32Array(
  (getEnvironmentData(COUNTER) as SharedArrayBuffer | undefined) ?? new SharedArrayBuffer(4),
);

if (isMainThread) {
  setEnvironmentData(COUNTER, steps.buffer);
  process.on('message', (n) => {
    if (typeof n !== 'number') return;
    const left = Atomics.exchange(steps, 0, n);
    process.send?.(left);
  });
  process.channel?.unref();
}

function step(): void {
  if (Atomics.load(steps, 0) > 0 && Atomics.sub(steps, 0, 1) === 1) process.kill(process.pid, 'SIGKILL');
}

beforeDurableSteps(step);
