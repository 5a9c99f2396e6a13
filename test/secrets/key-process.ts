import { parentPort, workerData } from 'node:worker_threads';
import { keptMasterKey } from '../../src/secrets/master-key.ts';

/** Makes or reads the key of a folder the moment that all who were started have come this far; tells it. */
const { folder, gate, starters }: { folder: string; gate: Int32Array<SharedArrayBuffer>; starters: number } =
  workerData;
if (Atomics.add(gate, 0, 1) + 1 === starters) Atomics.notify(gate, 0);
for (let here = Atomics.load(gate, 0); here < starters; here = Atomics.load(gate, 0)) Atomics.wait(gate, 0, here, 100);
parentPort?.postMessage(Buffer.from(keptMasterKey(folder, [])).toString('hex'));
