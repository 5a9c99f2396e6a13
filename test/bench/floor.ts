import { openPipeline } from '../../src/face/pipeline.ts';
import { type Benchmark, median, timed } from './benchmark.ts';
import { watchRuns } from './watch-runs.ts';

const ROUNDS = 5;
const TIMES_THE_FLOOR = 1.5;

/**
 * The cost of everything around the nets: the whole, from the file's bytes to the embedding,
 * compared with the nets alone.
 */
export const floor: Benchmark = {
  name: 'floor',
  target: `the whole takes at most ${TIMES_THE_FLOOR} times the nets' own session.run`,
  async run({ photos, pack }) {
    const { see } = await openPipeline(pack);
    const runs = watchRuns();
    try {
      for (const photo of photos) await see(photo);
      const wholes: number[] = [];
      const nets: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        for (const photo of photos) {
          runs.reset();
          wholes.push(await timed(() => see(photo)));
          nets.push(runs.ms);
        }
      }
      const measured = median(wholes.map((whole, index) => whole / (nets[index] ?? 0)));
      return {
        measured,
        holds: measured <= TIMES_THE_FLOOR,
        detail: `${median(wholes).toFixed(1)} ms, of which ${median(nets).toFixed(1)} ms in ${runs.count} runs`,
      };
    } finally {
      runs.stop();
    }
  },
};
