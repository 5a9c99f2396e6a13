import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openFaces } from '../../src/face/pool.ts';
import type { Benchmark } from './benchmark.ts';

const ROUNDS = 5;
const MOST_MS = 50;

/**
 * Whether the process that listens to the chats stays responsive while its children are busy with
 * photos.
 */
export const eventLoop: Benchmark = {
  name: 'event-loop',
  target: `the listening process is at most ${MOST_MS} ms late (p99) while photos are seen`,
  async run({ photos, pack }) {
    await using faces = await openFaces({ pack, children: 2 });
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    for (let round = 0; round < ROUNDS; round++) await Promise.all(photos.map((photo) => faces.see(photo)));
    delay.disable();
    const measured = delay.percentile(99) / 1e6;
    return {
      measured,
      holds: measured <= MOST_MS,
      detail: `median ${(delay.percentile(50) / 1e6).toFixed(1)} ms, most ${(delay.max / 1e6).toFixed(1)} ms, the timer's own 5 ms included`,
    };
  },
};
