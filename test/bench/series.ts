import { answerTo, type RealStage, realStage } from '../bots/telegram/driver.ts';
import { samples } from '../bots/telegram/photos.ts';
import type { Account } from '../bots/telegram/platform/people.ts';
import type { Group } from '../bots/telegram/platform/world.ts';
import { ALBUM, CHILDREN, costOf, delayOf, parts, TIMES_THE_IDLE, TIMES_THE_PIPELINE } from './album.ts';
import type { Benchmark } from './benchmark.ts';

/**
 * The processor time of a series in a chat, compared with the pipeline alone. The loopback Telegram
 * runs in the same process, so what it costs is in the result.
 */
export const series: Benchmark = {
  name: 'series',
  target: `${ALBUM} photos that follow a /me in a chat cost at most ${TIMES_THE_PIPELINE} times what it costs the plain pipeline to see them`,
  async run({ pack }) {
    await using chat = await openSeries();
    return await costOf(pack, chat.looksIn);
  },
};

/** Whether a series in a chat delays others. */
export const besideSeries: Benchmark = {
  name: 'beside-series',
  target: `/find takes at most ${TIMES_THE_IDLE} times as long (p95) beside photos that follow a /me in a chat as alone`,
  async run() {
    await using chat = await openSeries({ WORKERS: String(CHILDREN), FINDS_PER_HOUR: '1000' });
    await chat.agreesToSearch();
    return await delayOf(chat.finds, chat.looksIn);
  },
};

/**
 * Two members of a group on a loopback Telegram. Ann is enrolled, and her /me takes more photos.
 */
interface Series extends AsyncDisposable {
  /** Ann sends these photos in albums. Resolves when her series has looked at all of them. */
  readonly looksIn: (photos: readonly Uint8Array[]) => Promise<void>;
  /** Bob searches for the first time, and agrees to it. */
  readonly agreesToSearch: () => Promise<void>;
  /** Bob searches the group, and sees the answer. */
  readonly finds: (photo: Uint8Array) => Promise<void>;
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
    async agreesToSearch() {
      const [asked] = await finds(selfie);
      await answerTo(api, bob, () => asked && bob.presses(asked, 'agree'));
    },
    async finds(photo) {
      const [answer] = await finds(photo);
      if (!answer?.photo) throw new Error(`no result, but: ${answer?.text}`);
    },
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

async function enrols({ api }: RealStage, person: Account, group: Group, selfie: Uint8Array): Promise<void> {
  await answerTo(api, person, () => person.saysIn(group, '/enroll'));
  const [notice] = await answerTo(api, person, () => person.says('', { photos: [selfie] }));
  await answerTo(api, person, () => notice && person.presses(notice, 'agree'));
}
