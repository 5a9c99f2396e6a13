import type { Pack } from '../../models/pack.ts';
import { openFaces } from '../../src/face/pool.ts';
import { runApp, selfie, type Visitor, visitor } from '../e2e/page-app.ts';
import { processorMs } from '../support/face-processes.ts';
import { type Benchmark, median, type Result, timed } from './benchmark.ts';
import { chatPhotos } from './photos.ts';

/** The number of photos in the album, and in one message. */
export const [ALBUM, PART] = [500, 10];
const TURNS = 5;
export const TIMES_THE_PIPELINE = 1.1;
export const TIMES_THE_IDLE = 2;
/** Finds that are timed in each turn, with and without an album beside them. */
const FINDS = 10;
const SLOWEST = 0.95;
/** The numbers of the sample photos that show the asker, counted from 0. */
const SHOWING_HER: readonly number[] = [0, 2];
/** The child processes that see photos, as on a machine with two cores. */
export const CHILDREN = 2;

/** The processor time of searching for oneself in many photos, compared with the pipeline alone. */
export const album: Benchmark = {
  name: 'album',
  target: `${ALBUM} photos asked by /me cost at most ${TIMES_THE_PIPELINE} times what it costs the plain pipeline to see them`,
  async run({ pack }) {
    await using app = await runApp();
    const anna = await enrolledVisitor(app.url);
    return await costOf(pack, async (photos) => {
      for (const part of parts(photos)) await lookIn(anna, part);
    });
  },
};

/** Whether somebody who searches for themselves in many photos delays others. */
export const besideAlbum: Benchmark = {
  name: 'beside-album',
  target: `/find takes at most ${TIMES_THE_IDLE} times as long (p95) beside a /me of many photos as alone`,
  async run() {
    await using app = await runApp(undefined, { workers: CHILDREN });
    const anna = await enrolledVisitor(app.url);
    const ben = visitor(app.url, 'ben');
    await ben.agree('/find', await selfie());
    return await delayOf(
      (photo) => expectKind(ben.say('/find', photo), 'result'),
      (photos) => lookIn(anna, photos),
    );
  },
};

type Asking = (photos: readonly Uint8Array[]) => Promise<void>;

/** The processor time that `ask` takes for an album, compared with the plain pipeline's. */
export async function costOf(pack: Pack, ask: Asking): Promise<Result> {
  await using faces = await openFaces({ pack, children: 1 });
  const photos = await albumPhotos(ALBUM / TURNS);
  const see = async () => {
    for (const photo of photos) await faces.see(photo);
  };
  const cost = async (work: () => Promise<void>) => {
    const before = processorMs(process.pid);
    await work();
    return processorMs(process.pid) - before;
  };
  // A first call also starts parts that start at their first use, so these two are not timed.
  await faces.see(photos[0] ?? new Uint8Array());
  await ask(photos.slice(0, PART));
  const turns: { readonly plain: number; readonly asked: number }[] = [];
  for (let turn = 0; turn < TURNS; turn++) turns.push({ plain: await cost(see), asked: await cost(() => ask(photos)) });
  const measured = median(turns.map(({ plain, asked }) => asked / plain));
  const seconds = (key: 'plain' | 'asked') => (turns.reduce((sum, turn) => sum + turn[key], 0) / 1000).toFixed(1);
  return {
    measured,
    holds: measured <= TIMES_THE_PIPELINE,
    detail: `with the asker on one in ten; ${seconds('asked')} s against ${seconds('plain')} s of processor time, in ${TURNS} turns`,
  };
}

/** The time that `find` takes while `ask` looks for somebody in photos, compared with alone. */
export async function delayOf(find: (photo: Uint8Array) => Promise<void>, ask: Asking): Promise<Result> {
  const photos = await albumPhotos(PART);
  const finds = async (): Promise<number[]> => {
    const times: number[] = [];
    for (let count = 0; count < FINDS; count++) {
      const photo = photos[count % photos.length] ?? new Uint8Array();
      times.push(await timed(() => find(photo)));
    }
    return times;
  };
  await finds();
  const [alone, beside]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < TURNS; turn++) {
    alone.push(...(await finds()));
    const over = new AbortController();
    const asking = (async () => {
      while (!over.signal.aborted) await ask(photos);
    })();
    beside.push(...(await finds()));
    over.abort();
    await asking;
  }
  const measured = slowest(beside) / slowest(alone);
  return {
    measured,
    holds: measured <= TIMES_THE_IDLE,
    detail: `${slowest(beside).toFixed(0)} ms against ${slowest(alone).toFixed(0)} ms, median ${median(beside).toFixed(0)} against ${median(alone).toFixed(0)} ms, ${alone.length} finds each`,
  };
}

/** One in ten shows the asker. */
async function albumPhotos(count: number): Promise<Uint8Array[]> {
  const all = await chatPhotos();
  const [own, others] = [all.slice(0, 1), all.filter((_, index) => !SHOWING_HER.includes(index))];
  return Array.from({ length: count }, (_, at) => {
    const from = at % 10 === 0 ? own : others;
    return from[at % from.length] ?? new Uint8Array();
  });
}

export function parts(photos: readonly Uint8Array[]): Uint8Array[][] {
  return Array.from({ length: Math.ceil(photos.length / PART) }, (_, at) => photos.slice(at * PART, (at + 1) * PART));
}

/** Somebody enrolled who agreed to search for themselves. */
async function enrolledVisitor(url: string): Promise<Visitor> {
  const anna = visitor(url, 'anna');
  await expectKind(anna.agree('/enroll', await selfie()), 'enrolled');
  await expectKind(anna.agree('/me', await selfie()), 'presence');
  return anna;
}

/** Asks as the page does: each message also gives the total number of photos. */
const lookIn = (anna: Visitor, part: readonly Uint8Array[]) =>
  expectKind(anna.say(`/me ${ALBUM}`, ...part), 'presence');

async function expectKind(answer: ReturnType<Visitor['say']>, kind: string): Promise<void> {
  const replies = await answer;
  if (replies[0]?.kind !== kind) throw new Error(`no ${kind} in ${JSON.stringify(replies)}`);
}

/** The 95th percentile. */
function slowest(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * SLOWEST) - 1] ?? Number.NaN;
}
