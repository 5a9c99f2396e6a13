import sharp from 'sharp';
import type { Pack } from '../../models/pack.ts';
import type { WireReply } from '../../src/bots/page/render.ts';
import { openFaces } from '../../src/face/pool.ts';
import { runApp, selfie, type Visitor, visitor } from '../e2e/page-app.ts';
import { processorMs } from '../support/face-processes.ts';
import { type Benchmark, median, type Result, timed } from './benchmark.ts';
import { chatPhotos } from './photos.ts';

/** The number of photos in the album, and in one message. */
export const [ALBUM, PART] = [500, 10];
/** How many found photos are sent along with uncertain ones that are looked at once more. */
const SURE = 3;
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
    const uncertain = await uncertainPhoto(anna);
    const { first, again } = folderOf(anna);
    return await costOf(pack, first, { uncertain, last: again });
  },
};

/** Whether somebody who searches for themselves in many photos delays others. */
export const besideAlbum: Benchmark = {
  name: 'beside-album',
  target: `/find takes at most ${TIMES_THE_IDLE} times as long (p95) beside a /me of many photos as alone`,
  async run() {
    await using app = await runApp(undefined, { workers: CHILDREN });
    const anna = await enrolledVisitor(app.url);
    const uncertain = await uncertainPhoto(anna);
    const ben = visitor(app.url, 'ben');
    await ben.agree('/find', await selfie());
    return await delayOf(
      async (photo) => void (await answerOf('result', ben.say('/find', photo))),
      async (photos) => {
        const { first, again } = folderOf(anna);
        await first([...photos.slice(1), uncertain]);
        await again();
      },
    );
  },
};

type Asking = (photos: readonly Uint8Array[]) => Promise<void>;

/**
 * The processor time that `ask` takes for an album, compared with the plain pipeline's, which sees
 * each photo once. `last` runs after the whole album, and its time counts too.
 */
export async function costOf(
  pack: Pack,
  ask: Asking,
  { uncertain, last = async () => {} }: { uncertain?: Uint8Array; last?: () => Promise<void> } = {},
): Promise<Result> {
  await using faces = await openFaces({ pack, children: 1 });
  const photos = await albumPhotos(ALBUM / TURNS, uncertain);
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
  const lastMs = await cost(last);
  const sum = (key: 'plain' | 'asked') => turns.reduce((all, turn) => all + turn[key], 0);
  const measured = median(turns.map(({ plain, asked }) => asked / plain)) + lastMs / sum('plain');
  const [askedS, plainS] = [sum('asked') + lastMs, sum('plain')].map((ms) => (ms / 1000).toFixed(1));
  return {
    measured,
    holds: measured <= TIMES_THE_PIPELINE,
    detail: `with the asker on one in ten; ${askedS} s against ${plainS} s of processor time, in ${TURNS} turns; ${(lastMs / 1000).toFixed(1)} s of these for second looks`,
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

/** So many photos: one in ten shows the asker, and one in fifty is `uncertain`, if given. */
async function albumPhotos(count: number, uncertain?: Uint8Array): Promise<Uint8Array[]> {
  const all = await chatPhotos();
  const [own, others] = [all.slice(0, 1), all.filter((_, index) => !SHOWING_HER.includes(index))];
  return Array.from({ length: count }, (_, at) => {
    if (uncertain && at % 50 === 10) return uncertain;
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
  await answerOf('enrolled', anna.agree('/enroll', await selfie()));
  await answerOf('presence', anna.agree('/me', await selfie()));
  return anna;
}

/**
 * Looks through a folder as the page does. `first` sends it part by part, and says with each part
 * how many photos there are in all. `again` sends the photos that may show the asker once more,
 * together with the surest found ones.
 */
function folderOf(anna: Visitor) {
  const found: { readonly photo: Uint8Array; readonly distance: number }[] = [];
  const uncertain: Uint8Array[] = [];
  const look = async (said: string, photos: readonly Uint8Array[]) => {
    const presence = await answerOf('presence', anna.say(said, ...photos));
    // The answer to a part of a folder has no buttons: the page draws its own below the whole.
    if (presence.actions) throw new Error(`a part was taken for a whole: ${presence.text}`);
    return presence.photos.map((one) => ({ ...one, photo: photos[one.number - 1] ?? new Uint8Array() }));
  };
  return {
    async first(photos: readonly Uint8Array[]) {
      for (const part of parts(photos)) {
        for (const { photo, verdict, distance = 0, again } of await look(`/me of ${ALBUM}`, part)) {
          if (verdict === 'match') found.push({ photo, distance });
          else if (again) uncertain.push(photo);
        }
      }
    },
    async again() {
      while (uncertain.length > 0) {
        const surest = found.toSorted((one, other) => one.distance - other.distance).slice(0, SURE);
        const part = uncertain.splice(0, PART - surest.length);
        await look(`/me of ${ALBUM} again`, [...surest.map(({ photo }) => photo), ...part]);
      }
    },
  };
}

/** A photo of the asker that is uncertain in a folder of {@link ALBUM} photos. */
async function uncertainPhoto(anna: Visitor): Promise<Uint8Array> {
  const [, another = 0] = SHOWING_HER;
  const photo = (await chatPhotos())[another];
  for (const width of [1280, 900, 700, 560, 460, 380, 320, 270, 230, 200]) {
    const blurred = await sharp(photo).resize(width).toBuffer();
    const unsharp = await sharp(blurred).resize(1280).jpeg({ quality: 87 }).toBuffer();
    const presence = await answerOf('presence', anna.say(`/me of ${ALBUM}`, unsharp));
    if (presence.photos.some(({ again }) => again)) return unsharp;
  }
  throw new Error('no photo of the asker is uncertain');
}

/** The first reply, which must be of this kind. */
async function answerOf<Kind extends WireReply['kind']>(
  kind: Kind,
  answer: ReturnType<Visitor['say']>,
): Promise<Extract<WireReply, { readonly kind: Kind }>> {
  const replies = await answer;
  const [first] = replies;
  const isOf = (one: WireReply | undefined): one is Extract<WireReply, { readonly kind: Kind }> => one?.kind === kind;
  if (!isOf(first)) throw new Error(`no ${kind} in ${JSON.stringify(replies)}`);
  return first;
}

/** The 95th percentile. */
function slowest(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * SLOWEST) - 1] ?? Number.NaN;
}
