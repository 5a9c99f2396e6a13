import { openPipeline } from '../../src/face/pipeline.ts';
import { type Benchmark, median, timed } from './benchmark.ts';
import { openProduction, type Production } from './production.ts';

const ALTERNATIONS = 5;
const PHOTOS = 150;
const SHARE_OF_BARE = 0.9;

/** What is left of the pipeline's throughput when each photo is a /find that comes out of Redis and is searched for in Elasticsearch. */
export const saturation: Benchmark = {
  name: 'saturation',
  target: `one worker answers at least ${SHARE_OF_BARE} times as many /find as the bare pipeline sees photos`,
  async run(bench) {
    const { photos, pack } = bench;
    const see = await openPipeline(pack);
    await using production = await openProduction(bench);
    const load = Array.from({ length: PHOTOS }, (_, index) => photos[index % photos.length] ?? new Uint8Array());
    const bare = async () => {
      const ms = await timed(async () => {
        for (const photo of load) await see(photo);
      });
      return (load.length * 1000) / ms;
    };
    await bare();
    await answered(production, load);
    const rates: { bare: number; worker: number }[] = [];
    for (let turn = 0; turn < ALTERNATIONS; turn++) {
      rates.push({ bare: await bare(), worker: await answered(production, load) });
    }
    const measured = median(rates.map(({ bare, worker }) => worker / bare));
    const [alone, whole] = [median(rates.map((rate) => rate.bare)), median(rates.map((rate) => rate.worker))];
    return {
      measured,
      holds: measured >= SHARE_OF_BARE,
      detail: `${whole.toFixed(1)} answers against ${alone.toFixed(1)} photos a second`,
    };
  },
};

/** Answers a second between the first and the last: a worker's start is not part of it. */
async function answered(production: Production, load: readonly Uint8Array[]): Promise<number> {
  await production.queue(load);
  const answers = production.answers(load.length);
  await using _ = await production.work();
  const times = await answers;
  return ((times.length - 1) * 1000) / ((times.at(-1) ?? 0) - (times[0] ?? 0));
}
