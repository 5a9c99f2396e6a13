import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { connect as connectElasticsearch } from '../../src/gallery/elasticsearch/client.ts';
import { connect as connectRedis } from '../../src/queue/redis/connection.ts';
import type { Account } from '../bots/telegram/platform/people.ts';
import type { Posted } from '../bots/telegram/platform/world.ts';
import { emptyDisk, fillDisk } from '../support/full-disk.ts';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';
import { en, enrolledOnce } from '../support/words.ts';
import { type Club, decodersOf, openClub, textOf } from './club.ts';

const works = (await nativeRedisWorks()) && (await nativeElasticsearchWorks());

describe.skipIf(!works)('a store in trouble', () => {
  let root: string;
  let elasticsearch: RunningElasticsearch;
  let club: Club;
  let ann: Account;
  let bob: Account;
  let finder: Account;
  let passer: Account;

  const start = () => startElasticsearch({ dir: join(root, 'elasticsearch'), isBrief: true, tls: true });

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'production-stores-'));
    await giveToService(root);
    elasticsearch = await start();
    club = await openClub(root, elasticsearch);
  });
  afterAll(async () => {
    await club[Symbol.asyncDispose]();
    await elasticsearch.stop();
    await rm(root, { recursive: true, force: true });
  });

  describe('Elasticsearch', () => {
    let before: Map<Account, Map<number, string>>;
    let confirm: Posted;

    /**
     * In a new group, Ann is enrolled and only has to confirm her /forget. Bob has agreed and only
     * has to send the selfie of his /enroll. Two others have agreed to search.
     */
    beforeEach(async () => {
      club.group = club.people.group('Another club', []);
      [ann, bob] = [await club.joins('Ann'), await club.joins('Bob')];
      [finder, passer] = [await club.joins('Finder'), await club.joins('Passer')];
      await club.enrols(ann, club.photos.ann);
      expect(textOf(await club.enrols(bob, await nobody()))).toBe(en.failures.no_face);
      await club.inPrivate(bob, 'enroll');
      confirm = await club.inPrivate(ann, 'forget');
      for (const person of [finder, passer]) {
        expect(textOf(await club.agreesToSearch(person))).toMatch(/Ann” .*distance/);
      }
      await club.untilIdle();
      before = new Map([ann, bob, finder].map((person) => [person, shown(person)]));
    });

    function searchAndEnrol(): void {
      finder.saysIn(club.group, '/find', { photos: [club.photos.group] });
      bob.says('', { photos: [club.photos.bob] });
    }

    const told = (person: Account) => answerSince(person, before.get(person));

    test('stops while people enrol, search and forget, and goes on: each hears what happened', async () => {
      searchAndEnrol();
      await club.untilUnderWay(2);
      process.kill(-elasticsearch.pid, 'SIGSTOP');
      ann.presses(confirm, 'here');
      // Longer than a request may take.
      await sleep(11_000);
      process.kill(-elasticsearch.pid, 'SIGCONT');
      await allIsTrue(await told(bob), await told(finder), await told(ann));
    });

    test('is killed while people enrol, search and forget, and started again: each hears what happened', async () => {
      searchAndEnrol();
      await club.untilUnderWay(2);
      await elasticsearch.kill();
      ann.presses(confirm, 'here');
      expect(await told(ann)).toBe(en.forget.later);
      expect(textOf(await club.finds(passer, club.photos.group))).toBe(en.failures.unavailable);
      await healthIs(1);
      elasticsearch = await start();
      await allIsTrue(await told(bob), await told(finder));
    });

    test('takes no writes because its disk is full: nothing is done, all hear so, and it goes on by itself', async () => {
      const { url, ca: caFile } = elasticsearch;
      const client = connectElasticsearch({ url, ...(caFile !== undefined && { caFile }) });
      await fillDisk(client, 'facefinder-*');
      searchAndEnrol();
      ann.presses(confirm, 'here');
      expect(await told(ann)).toBe(en.forget.later);
      expect([await told(bob), await told(finder)]).toEqual([en.failures.unavailable, en.failures.unavailable]);
      await healthIs(1);
      await emptyDisk(client, 'facefinder-*');
      await client.close();
      await allIsTrue(await told(bob), await told(finder));
    });
  });

  describe('Redis', () => {
    let admin: Redis;

    beforeAll(async () => {
      admin = connectRedis({ url: club.production.redisUrl }, 'patient', () => {});
      await club.endsIdle(club.bot, club.worker);
      // Both log on every level, because a test below checks what they wrote.
      club.worker = await club.production.start('worker', { LOG_LEVEL: 'debug', WORKERS: '1' });
      club.bot = await club.production.start('bot', { LOG_LEVEL: 'debug' });
      club.group = club.people.group('A third club', []);
      [ann, bob] = [await club.joins('Ann'), await club.joins('Bob')];
      [finder, passer] = [await club.joins('Finder'), await club.joins('Passer')];
      await club.enrols(ann, club.photos.ann);
      for (const person of [bob, finder, passer]) await club.agreesToSearch(person);
    });
    afterAll(() => admin.disconnect());

    test('is nearly full: no search is taken in, erasures are, what is under way ends, and it goes on by itself', async () => {
      const confirm = await club.inPrivate(ann, 'forget');
      const shownToFinder = await club.findsThrough(finder, async () => {
        const [, used] = /used_memory:(\d+)/.exec(await admin.info('memory')) ?? [];
        await admin.config('SET', 'maxmemory', Math.round(Number(used) * 1.1));
      });
      expect(shownToFinder).toEqual([expect.stringMatching(/Ann” .*distance/)]);
      expect(textOf(await club.finds(finder, club.photos.group))).toBe(en.failures.busy);
      expect(textOf(await club.answer(ann, () => ann.presses(confirm, 'here')))).toMatch(
        /^Erased from .*: the numbers of 1 selfie/,
      );
      await healthIs(1);
      await admin.config('SET', 'maxmemory', '192mb');
      await healthIs(0);
      expect(textOf(await club.finds(finder, club.photos.group))).toContain(
        'Nobody is enrolled in “A third club” yet.',
      );
    });

    test('is full to the brim with searches under way and waiting: each is answered once, further ones are refused', async () => {
      await untilBytesAreGone(1);
      await club.enrols(ann, club.photos.ann);
      await club.agreesToSearch(ann);
      await club.untilIdle();
      const asking = [ann, bob, finder];
      const before = new Map(asking.map((person) => [person, person.inbox().length]));
      const decoders = decodersOf(club.worker);
      for (const pid of decoders) process.kill(pid, 'SIGSTOP');
      // More asks than one worker handles at a time.
      for (const person of [...asking, ...asking]) {
        person.saysIn(club.group, '/find', { photos: [club.photos.group] });
      }
      await club.untilQueued(6);
      await admin.config('SET', 'maxmemory', '1');
      for (const pid of decoders) process.kill(pid, 'SIGCONT');
      expect(textOf(await club.finds(passer, club.photos.group))).toBe(en.failures.busy);
      await vi.waitFor(() => expect(club.worker.said()).toContain('(OOM)'), { timeout: 240_000 });
      // In this time a worker without a pause could make thousands of futile attempts.
      await sleep(2_000);
      await admin.config('SET', 'maxmemory', '192mb');
      const answers = () => asking.flatMap((person) => person.inbox().slice(before.get(person)).map(textOf));
      const found = expect.stringMatching(/Ann” .*distance/);
      const allAreAnswered = () => expect(answers()).toEqual(Array.from({ length: 6 }, () => found));
      await vi.waitFor(allAreAnswered, { timeout: 240_000 });
      expect(textOf(await club.finds(passer, club.photos.group))).toMatch(/Ann” .*distance/);
      await club.untilIdle();
      allAreAnswered();
    });

    test('is full to the brim when somebody forgets: they are erased, and the final receipt still follows', async () => {
      const confirm = await club.inPrivate(ann, 'forget');
      await admin.config('SET', 'maxmemory', '1');
      const told = textOf(await club.answer(ann, () => ann.presses(confirm, 'here')));
      expect(told).toMatch(/^Erased from .*: the numbers of 1 selfie/);
      await admin.config('SET', 'maxmemory', '192mb');
      expect(textOf(await club.finds(passer, club.photos.group))).toContain(
        'Nobody is enrolled in “A third club” yet.',
      );
      await untilBytesAreGone(2);
    });

    /** Waits until Ann has the final receipts of this many erasures. */
    async function untilBytesAreGone(times: number): Promise<void> {
      const final = () => ann.inbox().filter((message) => textOf(message).includes('The bytes have left the disk too'));
      await vi.waitFor(() => expect(final()).toHaveLength(times), { timeout: 800_000, interval: 500 });
    }

    test('and what bot and worker wrote down of that holds nothing of a job', async () => {
      for (const said of [club.bot.said(), club.worker.said()]) {
        expect(said).not.toMatch(/[\w-]{43}|\{facefinder\}|"?args"?:/);
        expect(said.split('\n').length).toBeLessThan(100);
        expect(said.split('\n').filter((line) => line !== '' && !line.startsWith('{"level"'))).toEqual([]);
      }
    });
  });

  /**
   * Waits until the bot's health check ends with this code. The check knows the bot's stores as
   * they were some seconds ago.
   */
  async function healthIs(code: number): Promise<void> {
    await vi.waitFor(async () => expect(await club.bot.health()).toBe(code), { timeout: 240_000, interval: 200 });
  }

  /**
   * Checks, once the fault is over, that what people were told is true, that Ann is gone, and that
   * everybody can do everything.
   */
  async function allIsTrue(toldBob: string, toldFinder: string, toldAnn: string = en.forget.later): Promise<void> {
    expect([enrolledOnce(club.group.chat.title ?? ''), en.failures.unavailable]).toContain(toldBob);
    // The search came before Ann's erasure or after Bob's enrolment, or between the two, when
    // nobody was enrolled.
    if (toldFinder !== en.failures.unavailable) expect(toldFinder).toMatch(/of these 3 people|^Nobody is enrolled/);
    if (toldAnn !== en.forget.later) expect(toldAnn).toMatch(/^Erased from .*: the numbers of 1 selfie/);
    // Ann's erasure may take long, because scrubbing the bytes of earlier erasures takes half a
    // minute each.
    await vi.waitFor(
      async () => expect(textOf(await club.inPrivate(ann, 'mydata'))).toContain('Nothing is held about you'),
      {
        timeout: 800_000,
        interval: 500,
      },
    );
    expect(textOf(await club.finds(finder, club.photos.group))).not.toContain('Ann');
    const isBobFound = async () => /Bob” .*distance/.test(textOf(await club.finds(finder, club.photos.withBob)));
    expect(await isBobFound()).toBe(toldBob === enrolledOnce(club.group.chat.title ?? ''));
    if (toldBob !== enrolledOnce(club.group.chat.title ?? '')) {
      expect(textOf(await club.offersSelfie(bob, club.photos.bob))).toBe(enrolledOnce(club.group.chat.title ?? ''));
      expect(await isBobFound()).toBe(true);
    }
    await healthIs(0);
    expect(club.telegram.complaints).toEqual([]);
  }
});

function shown(person: Account): Map<number, string> {
  return new Map(person.inbox().map((message) => [message.id, textOf(message)]));
}

/** The text of the one message that changed or came since `before`, once it is no placeholder. */
async function answerSince(person: Account, before = new Map<number, string>()): Promise<string> {
  const changed = () =>
    person
      .inbox()
      .filter((message: Posted) => before.get(message.id) !== textOf(message))
      .map(textOf);
  const answered = () => {
    const [text = en.find.looking, ...others] = changed();
    expect([text, ...others]).toEqual([expect.not.stringContaining(en.find.looking)]);
    return text;
  };
  return await vi.waitFor(answered, { timeout: 240_000, interval: 50 });
}

/** A photo without a face. */
function nobody(): Promise<Buffer> {
  return sharp({ create: { width: 300, height: 300, channels: 3, background: '#808080' } })
    .jpeg()
    .toBuffer();
}
