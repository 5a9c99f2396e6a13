import { openFaces } from '../../src/face/pool.ts';
import { answerTo, type RealStage, realStage } from '../bots/telegram/driver.ts';
import { samples } from '../bots/telegram/photos.ts';
import type { Account } from '../bots/telegram/platform/people.ts';
import type { Group } from '../bots/telegram/platform/world.ts';
import { processorMs } from '../support/face-processes.ts';
import {
  ALBUM,
  albumPhotos,
  CHILDREN,
  FINDS,
  PART,
  parts,
  slowest,
  TIMES_THE_IDLE,
  TIMES_THE_PIPELINE,
  TURNS,
} from './album.ts';
import { type Benchmark, median, timed } from './benchmark.ts';

/**
 * The processor time of a series in a chat, compared with the pipeline alone. The loopback Telegram
 * runs in the same process, so what it costs is in the result.
 */
export const series: Benchmark = {
  name: 'series',
  target: `${ALBUM} photos that follow a /me in a chat cost at most ${TIMES_THE_PIPELINE} times what it costs the plain pipeline to see them`,
  async run({ pack }) {
    await using faces = await openFaces({ pack, children: 1 });
    await using chat = await openSeries();
    const photos = await albumPhotos(ALBUM / TURNS);
    const see = async () => {
      for (const photo of photos) await faces.see(photo);
    };
    const cost = async (work: () => Promise<void>) => {
      const before = processorMs(process.pid);
      await work();
      return processorMs(process.pid) - before;
    };
    // The first of each also starts parts that start at their first use, so it is not timed.
    await faces.see(photos[0] ?? new Uint8Array());
    await chat.looksIn(photos.slice(0, PART));
    const turns: { readonly plain: number; readonly asked: number }[] = [];
    for (let turn = 0; turn < TURNS; turn++)
      turns.push({ plain: await cost(see), asked: await cost(() => chat.looksIn(photos)) });
    const measured = median(turns.map(({ plain, asked }) => asked / plain));
    const seconds = (key: 'plain' | 'asked') => (turns.reduce((sum, turn) => sum + turn[key], 0) / 1000).toFixed(1);
    return {
      measured,
      holds: measured <= TIMES_THE_PIPELINE,
      detail: `with the asker on one in ten; ${seconds('asked')} s against ${seconds('plain')} s of processor time, in ${TURNS} turns`,
    };
  },
};

/** Whether a series in a chat delays others. */
export const besideSeries: Benchmark = {
  name: 'beside-series',
  target: `/find takes at most ${TIMES_THE_IDLE} times as long (p95) beside photos that follow a /me in a chat as alone`,
  async run() {
    await using chat = await openSeries({ WORKERS: String(CHILDREN), FINDS_PER_HOUR: '1000' });
    const photos = await albumPhotos(PART);
    await chat.agreesToSearch(photos[0] ?? new Uint8Array());
    const finds = async (): Promise<number[]> => {
      const times: number[] = [];
      for (let find = 0; find < FINDS; find++) {
        const photo = photos[find % photos.length] ?? new Uint8Array();
        times.push(await timed(() => chat.finds(photo)));
      }
      return times;
    };
    await finds();
    const [alone, beside]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < TURNS; turn++) {
      alone.push(...(await finds()));
      const over = new AbortController();
      const asking = (async () => {
        while (!over.signal.aborted) await chat.looksIn(photos);
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
  },
};

/**
 * Two members of a group on a loopback Telegram. Ann is enrolled, and her /me takes more photos.
 */
interface Series extends AsyncDisposable {
  /** Ann sends these photos in albums. Resolves when her series has looked at all of them. */
  looksIn(photos: readonly Uint8Array[]): Promise<void>;
  /** Bob searches for the first time, and agrees to it. */
  agreesToSearch(photo: Uint8Array): Promise<void>;
  /** Bob searches the group, and sees the answer. */
  finds(photo: Uint8Array): Promise<void>;
}

async function openSeries(env: NodeJS.ProcessEnv = {}): Promise<Series> {
  const stage = await realStage(env);
  const { api, people } = stage;
  const [ann, bob] = [people.person('Ann'), people.person('Bob')];
  const group = people.group('Chess club', [ann, bob]);
  for (const person of [ann, bob]) await answerTo(api, person, () => person.says('/start'));
  const { ann: selfie } = await samples();
  await enrols(stage, ann, group, selfie);
  const [notice] = await answerTo(api, ann, () => ann.says('/me', { photos: [selfie] }));
  await answerTo(api, ann, () => notice && ann.presses(notice, 'agree'));
  const finds = (photo: Uint8Array) => answerTo(api, bob, () => bob.saysIn(group, '/find', { photos: [photo] }));
  let sent = 0;
  return {
    async looksIn(photos) {
      for (const part of parts(photos)) ann.says('', { photos: part });
      sent += photos.length;
      const told = `of ${sent} photos so far`;
      await api.until(told, () => ann.inbox().some(({ text }) => text?.includes(told)));
    },
    async agreesToSearch(photo) {
      const [asked] = await finds(photo);
      await answerTo(api, bob, () => asked && bob.presses(asked, 'agree'));
    },
    async finds(photo) {
      const [answer] = await finds(photo);
      const said = answer?.caption ?? answer?.text ?? '';
      if (!said.includes('enrolled here')) throw new Error(`no result, but: ${said}`);
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

async function enrols({ api, people }: RealStage, person: Account, group: Group, selfie: Uint8Array): Promise<void> {
  const before = people.inChat(group.chat.id).length;
  person.saysIn(group, '/enroll');
  const offer = await api.until('the link', () => people.inChat(group.chat.id)[before]);
  await answerTo(api, person, () => person.opens(offer));
  const [notice] = await answerTo(api, person, () => person.says('', { photos: [selfie] }));
  await answerTo(api, person, () => notice && person.presses(notice, 'agree'));
}
