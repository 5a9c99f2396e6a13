import { setTimeout as sleep } from 'node:timers/promises';
import { openScene } from '../bots/discord/scene.ts';
import { answerTo, realStage } from '../bots/telegram/driver.ts';
import { samples } from '../bots/telegram/photos.ts';
import type { Benchmark, Result } from './benchmark.ts';

/** How long a person who presses a button may have to wait for a sign that it was heard. */
const MOST_MS = 300;

/** How many searches wait while people press. */
const WAITING = 12;
const PRESSES = 20;
/** The time between two presses, so long that none waits for the one before it. */
const PAUSE_MS = 250;
/** Settings that allow all searches of a run, so that none is refused. */
const OFTEN = { WORKERS: '2', FINDS_PER_HOUR: '1000' };

/** How soon a press on Discord shows that it was heard. */
export const heardOnDiscord: Benchmark = {
  name: 'heard-discord',
  target: targetOn('Discord'),
  async run() {
    await using on = await openScene(OFTEN);
    const guild = on.platform.guild('Everybody');
    const members = (many: number, name: string) =>
      Array.from({ length: many }, (_, index) => {
        const person = on.platform.person(`${name} ${index}`);
        guild.members.add(person.id);
        return { person, guild };
      });
    const searching = members(WAITING, 'Searcher');
    for (const who of searching) await on.agreeToSearch(who);
    const pressing = members(PRESSES, 'Presser');
    const notices = await Promise.all(pressing.map((who) => on.search(who, on.photos.ann).answer()));
    const searches = searching.map((who) => on.search(who, on.photos.ann));
    const waits: number[] = [];
    for (const [index, who] of pressing.entries()) {
      const notice = notices[index];
      if (!notice) continue;
      waits.push((await on.press(who, notice, 'agree').acknowledged()).afterMs);
      await sleep(PAUSE_MS);
    }
    await Promise.all(searches.map((search) => search.answer()));
    return judged(waits);
  },
};

/** How soon a press on Telegram shows that it was heard. */
export const heardOnTelegram: Benchmark = {
  name: 'heard-telegram',
  target: targetOn('Telegram'),
  async run() {
    await using on = await realStage(OFTEN);
    const { api, people } = on;
    const { ann: photo } = await samples();
    const members = Array.from({ length: WAITING + PRESSES }, (_, index) => people.person(`Person ${index}`));
    const club = people.group('Everybody', members);
    const notices = new Map<number, Awaited<ReturnType<typeof answerTo>>[number]>();
    for (const person of members) {
      await answerTo(api, person, () => person.says('/start'));
      const [notice] = await answerTo(api, person, () => person.saysIn(club, '/find', { photos: [photo] }));
      if (notice) notices.set(person.id, notice);
    }
    const searching = members.slice(0, WAITING);
    for (const person of searching) {
      const notice = notices.get(person.id);
      if (notice) await answerTo(api, person, () => person.presses(notice, 'agree'));
    }
    for (const person of searching) person.saysIn(club, '/find', { photos: [photo] });
    const waits: number[] = [];
    for (const person of members.slice(WAITING)) {
      const notice = notices.get(person.id);
      if (!notice) continue;
      const [calls, pressedAt] = [api.calls.length, Date.now()];
      person.presses(notice, 'agree');
      const isSign = ({ method, params }: (typeof api.calls)[number]) =>
        /^(edit|send)Message/.test(method) && Number(params.chat_id) === person.id;
      const sign = await api.until('a sign', () => api.calls.slice(calls).find(isSign));
      waits.push(sign.at - pressedAt);
      await sleep(PAUSE_MS);
    }
    return judged(waits);
  },
};

function targetOn(platform: string): string {
  return `while ${WAITING} searches wait, 19 of 20 presses on ${platform} show within ${MOST_MS} ms that they were heard`;
}

function judged(waits: readonly number[]): Result {
  const sorted = waits.toSorted((a, b) => a - b);
  const measured = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.NaN;
  return {
    measured,
    holds: sorted.length === PRESSES && measured <= MOST_MS,
    detail: `${sorted.length} presses; median ${sorted[Math.floor(sorted.length / 2)]?.toFixed(0)} ms, most ${sorted.at(-1)?.toFixed(0)} ms`,
  };
}
