import { openPipeline, type See } from '../../src/face/pipeline.ts';
import { type Benchmark, median, timed } from './benchmark.ts';
import { chatPhotos } from './photos.ts';
import { openProduction, type Production } from './production.ts';

const ALTERNATIONS = 5;
const SHARE_OF_BARE = 0.9;

/**
 * The share of the pipeline's throughput that remains when each photo is a /find from Redis, with a
 * search in Elasticsearch and a picture in the answer. All of these share this machine's cores. The
 * figures for portraits of 250 pixels are shown too. The pipeline needs a tenth of the time for
 * them, so the stores cost a larger share, and no limit is set for it.
 */
export const saturation: Benchmark = {
  name: 'saturation',
  target: `on photos as chats send them, one worker answers at least ${SHARE_OF_BARE} times as many /find as the bare pipeline sees`,
  async run({ photos: portraits, pack }) {
    const photos = await chatPhotos();
    const { see } = await openPipeline(pack);
    await using production = await openProduction({ pack, photos: [...photos, ...portraits] });
    const small = await shares(production, see, load(portraits, 150));
    const { share, bare, worker } = await shares(production, see, load(photos, 48));
    return {
      measured: share,
      holds: share >= SHARE_OF_BARE,
      detail:
        `${worker.toFixed(1)} answers against ${bare.toFixed(1)} photos a second; ` +
        `of portraits ${small.worker.toFixed(1)} against ${small.bare.toFixed(1)}, ${small.share.toFixed(2)} times`,
    };
  },
};

function load(photos: readonly Uint8Array[], count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => photos[index % photos.length] ?? new Uint8Array());
}

/** Photos a second, in turns: seen by the pipeline alone, and answered by a worker. */
async function shares(production: Production, see: See, photos: readonly Uint8Array[]) {
  const rates: { readonly bare: number; readonly worker: number }[] = [];
  for (let turn = 0; turn <= ALTERNATIONS; turn++) {
    const ms = await timed(async () => {
      for (const photo of photos) await see(photo);
    });
    const rate = { bare: (photos.length * 1000) / ms, worker: await answered(production, photos) };
    // The first turn also starts parts that start at their first use, so it does not count.
    if (turn > 0) rates.push(rate);
  }
  return {
    share: median(rates.map(({ bare, worker }) => worker / bare)),
    bare: median(rates.map(({ bare }) => bare)),
    worker: median(rates.map(({ worker }) => worker)),
  };
}

/** Answers a second between the first and the last, so that a worker's start does not count. */
async function answered(production: Production, photos: readonly Uint8Array[]): Promise<number> {
  await production.queue(photos);
  const answers = production.answers(photos.length);
  await using _ = await production.work();
  const times = await answers;
  return ((times.length - 1) * 1000) / ((times.at(-1) ?? 0) - (times[0] ?? 0));
}
