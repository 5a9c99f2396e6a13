import { parentPort, workerData } from 'node:worker_threads';
import { keptMasterKey } from '../../src/secrets/master-key.ts';

interface Start {
  readonly folder: string;
  readonly apart: string | undefined;
  readonly gate: Int32Array<SharedArrayBuffer>;
  readonly starters: number;
}

/** Makes or reads the key of a folder once all starters have come this far. Reports it. */
const { folder, apart, gate, starters }: Start = workerData;
if (Atomics.add(gate, 0, 1) + 1 === starters) Atomics.notify(gate, 0);
for (let here = Atomics.load(gate, 0); here < starters; here = Atomics.load(gate, 0)) Atomics.wait(gate, 0, here, 100);
parentPort?.postMessage(Buffer.from(keptMasterKey(folder, [], apart)).toString('hex'));
