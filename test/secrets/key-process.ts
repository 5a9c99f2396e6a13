import { parentPort, workerData } from 'node:worker_threads';
import { keptMasterKey } from '../../src/secrets/master-key.ts';

interface Start {
  readonly folder: string;
  readonly apart: string | undefined;
  readonly gate: Int32Array<SharedArrayBuffer>;
  readonly starters: number;
}

/**
 * Run in several threads at once. Each waits until all are here, makes or reads the key of a
 * folder, and reports the key.
 */
const { folder, apart, gate, starters }: Start = workerData;
if (Atomics.add(gate, 0, 1) + 1 === starters) Atomics.notify(gate, 0);
for (let here = Atomics.load(gate, 0); here < starters; here = Atomics.load(gate, 0)) Atomics.wait(gate, 0, here, 100);
parentPort?.postMessage(Buffer.from(keptMasterKey(folder, [], apart)).toString('hex'));
