import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { type Account, buttons } from '../bots/telegram/platform/people.ts';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';
import { en } from '../support/words.ts';
import { type Club, openClub, textOf } from './club.ts';
import { end } from './without-docker.ts';

const works = (await nativeRedisWorks()) && (await nativeElasticsearchWorks());

/** How many photos an album has. */
const ALBUM = 10;

describe.skipIf(!works)('photos that follow a /me, with two workers on one Redis', () => {
  let root: string;
  let elasticsearch: RunningElasticsearch;
  let club: Club;
  const senders: { readonly person: Account; readonly own: Uint8Array; readonly other: Uint8Array }[] = [];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'production-series-'));
    await giveToService(root);
    elasticsearch = await startElasticsearch({ dir: join(root, 'elasticsearch'), isBrief: true, tls: true });
    club = await openClub(root, elasticsearch);
    const { ann, bob } = club.photos;
    for (const [name, own, other] of [
      ['Ann', ann, bob],
      ['Bob', bob, ann],
    ] as const) {
      const person = await club.joins(name);
      await club.enrols(person, own);
      const notice = await club.answer(person, () => person.says('/me', { photos: [own] }));
      const found = await club.answer(person, () => person.presses(notice, 'agree'));
      expect(textOf(found)).toContain(en.series.goOn);
      senders.push({ person, own, other });
    }
  });
  afterAll(async () => {
    await club[Symbol.asyncDispose]();
    await elasticsearch.stop();
    await rm(root, { recursive: true, force: true });
  });

  const fetches = () => club.telegram.calls.filter(({ method }) => method === 'getFile').length;
  const untilFetched = (more: number) => {
    const before = fetches();
    return club.telegram.until(`${more} more photos`, () => fetches() >= before + more);
  };
  /** Each person sends an album, in which every second photo shows the sender. */
  const sendAlbums = () => {
    for (const { person, own, other } of senders) {
      person.says('', { photos: Array.from({ length: ALBUM }, (_, index) => (index % 2 === 0 ? own : other)) });
    }
  };
  const given = (person: Account) => person.inbox().flatMap(({ caption = '' }) => /^Photo \d+$/.exec(caption) ?? []);

  test('kill -9 of each worker and of the bot loses none and gives none back twice', async () => {
    const { telegram, production } = club;
    let second = await production.start('worker');
    sendAlbums();
    sendAlbums();
    await untilFetched(6);
    await end(second.child);
    second = await production.start('worker');
    await untilFetched(6);
    await end(club.worker.child);
    club.worker = await production.start('worker');
    sendAlbums();
    await untilFetched(1);
    await end(club.bot.child);
    sendAlbums();
    club.bot = await production.start('bot');

    for (const { person } of senders) {
      const told = `You are in ${2 * ALBUM} of ${4 * ALBUM} photos so far.`;
      const answer = await telegram.until(told, () =>
        person.inbox().findLast((message) => textOf(message).includes(told)),
      );
      const isAllSaid = () => {
        const [, one = '0'] = /while I sent you (\d+) of them/.exec(textOf(answer)) ?? [];
        return given(person).length + Number(one) >= 2 * ALBUM;
      };
      await telegram.until('all found ones, or how many are missing', isAllSaid);
      expect(new Set(given(person)).size).toBe(given(person).length);
      // The killed worker may not have heard whether Telegram took its last album of found photos.
      // So this album may be missing, and the person asks for it again.
      if (given(person).length < 2 * ALBUM) person.presses(answer, en.series.again);
      await telegram.until('all found ones', () => new Set(given(person)).size === 2 * ALBUM);
      expect(buttons(answer).map(({ text }) => text)).toContain(en.series.stop);
      const running = person.inbox().filter((message) => /so far|^Looking/.test(textOf(message)));
      expect(running.length === 1 || textOf(answer).includes(en.series.torn)).toBe(true);
    }
    expect(telegram.complaints).toEqual([]);
    await end(second.child);
  });
});
