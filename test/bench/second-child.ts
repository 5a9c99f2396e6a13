import { openFaces } from '../../src/face/pool.ts';
import { type Bench, type Benchmark, median, timed } from './benchmark.ts';

const ALTERNATIONS = 5;
const TIMES_THE_THROUGHPUT = 1.5;

/**
 * The gain of a second process on two cores: the photos a second of two processes, compared with
 * those of one. The two are measured in turns.
 */
export const secondChild: Benchmark = {
  name: 'second-child',
  target: `a second worker process brings at least ${TIMES_THE_THROUGHPUT} times the throughput`,
  async run(bench) {
    await using one = await openFaces({ pack: bench.pack, children: 1 });
    await using two = await openFaces({ pack: bench.pack, children: 2 });
    const perSecond = async (faces: typeof one) =>
      (bench.photos.length * 1000) / (await timed(() => seeAll(faces, bench)));
    await perSecond(one);
    await perSecond(two);
    const rates: { one: number; two: number }[] = [];
    for (let turn = 0; turn < ALTERNATIONS; turn++)
      rates.push({ one: await perSecond(one), two: await perSecond(two) });
    const measured = median(rates.map((rate) => rate.two / rate.one));
    const [slow, fast] = [median(rates.map((rate) => rate.one)), median(rates.map((rate) => rate.two))];
    return {
      measured,
      holds: measured >= TIMES_THE_THROUGHPUT,
      detail: `${slow.toFixed(1)} and ${fast.toFixed(1)} photos a second`,
    };
  },
};

const seeAll = (faces: Awaited<ReturnType<typeof openFaces>>, { photos }: Bench) =>
  Promise.all(photos.map((photo) => faces.see(photo)));
