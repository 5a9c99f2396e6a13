import { type Benchmark, median, timed } from './benchmark.ts';
import { openProduction } from './production.ts';

const ROUNDS = 5;
const MOST_MS = 40;

/**
 * What Redis and Elasticsearch add to the time of seeing and drawing a photo, when it is searched
 * by a /find and no other ask is in the queue.
 */
export const atRest: Benchmark = {
  name: 'at-rest',
  target: `queue and store add at most ${MOST_MS} ms to a /find at the median`,
  async run(bench) {
    await using production = await openProduction(bench);
    await using worker = await production.work();
    const bare = async (photo: Uint8Array) => {
      const { faces } = await worker.faces.see(photo);
      const marks = faces.map(({ box }, index) => ({ box, number: index + 1, tone: 'unknown' as const }));
      await worker.faces.draw(photo, marks);
    };
    const found = async (photo: Uint8Array) => {
      const answer = production.answers(1);
      await production.queue([photo]);
      await answer;
    };
    const [alone, whole]: [number[], number[]] = [[], []];
    for (let round = 0; round <= ROUNDS; round++) {
      for (const photo of bench.photos) {
        const times = [await timed(() => bare(photo)), await timed(() => found(photo))] as const;
        // The first round also starts parts that start at their first use, so it does not count.
        if (round === 0) continue;
        alone.push(times[0]);
        whole.push(times[1]);
      }
    }
    const measured = median(whole.map((ms, index) => ms - (alone[index] ?? 0)));
    return {
      measured,
      holds: measured <= MOST_MS,
      detail: `${median(whole).toFixed(1)} ms against ${median(alone).toFixed(1)} ms`,
    };
  },
};
