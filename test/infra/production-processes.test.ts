import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { failureText } from '../../src/chat/failure.ts';
import { connect } from '../../src/queue/redis/connection.ts';
import type { Account } from '../bots/telegram/platform/people.ts';
import { timedWork } from '../support/patience.ts';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';
import { en } from '../support/words.ts';
import { type Club, decodersOf, openClub, textOf } from './club.ts';
import { end, type Part } from './without-docker.ts';

const works = (await nativeRedisWorks()) && (await nativeElasticsearchWorks());

describe.skipIf(!works)('a bot or worker in trouble', () => {
  let root: string;
  let elasticsearch: RunningElasticsearch;
  let club: Club;
  const searching: Account[] = [];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'production-processes-'));
    await giveToService(root);
    elasticsearch = await startElasticsearch({ dir: join(root, 'elasticsearch'), isBrief: true, tls: true });
    club = await openClub(root, elasticsearch);
    await club.enrols(await club.joins('Ann'), club.photos.ann);
    for (const name of ['Bob', 'Cat', 'Dan', 'Eve', 'Fay']) {
      const person = await club.joins(name);
      await club.agreesToSearch(person);
      searching.push(person);
    }
  });
  afterAll(async () => {
    await club[Symbol.asyncDispose]();
    await elasticsearch.stop();
    await rm(root, { recursive: true, force: true });
  });

  test('a worker told to end in the middle of many searches ends in time, and each search is answered once', async () => {
    // This leaves out receipts of consent, which may still come.
    const searches = (person: Account) => person.inbox().filter(({ document }) => !document);
    const before = new Map(searching.map((person) => [person, searches(person).length]));
    for (const person of [...searching, ...searching]) {
      person.saysIn(club.group, '/find', { photos: [club.photos.group] });
    }
    await club.untilUnderWay(2);
    const leaving = club.worker.child;
    const { ms, slowness } = await timedWork(async () => {
      leaving.kill('SIGTERM');
      expect(await once(leaving, 'exit')).toEqual([0, null]);
    });
    // The stop_grace_period of docker-compose.yml is 15 s.
    expect(ms / slowness).toBeLessThan(12_000);
    const answers = () => searching.map((person) => searches(person).slice(before.get(person)).map(textOf));
    expect(answers().flat()).toContainEqual(expect.stringContaining(en.find.looking));
    club.worker = await club.production.start('worker');
    const found = expect.stringMatching(/Ann” .*distance/);
    await vi.waitFor(() => expect(answers()).toEqual(searching.map(() => [found, found])), { timeout: 240_000 });
  });

  test.each([
    ['worker', 20],
    ['worker', -20],
    ['bot', 20],
    ['bot', -20],
  ] as const)(
    'a %s whose clock is %i minutes wrong: people are answered, and it is told unhealthy',
    async (role, minutes) => {
      const [bob] = searching;
      if (!bob) throw new Error('nobody searches');
      await club.endsIdle(club[role]);
      const env = { NODE_OPTIONS: clockAhead(minutes), LOG_LEVEL: 'error' };
      club[role] = await club.production.start(role, env, { healthy: false });
      expect(textOf(await club.finds(bob, club.photos.group))).toMatch(/Ann” .*distance/);
      await vi.waitFor(() => expect(club[role].said()).toContain('"cause":"clock_skew"'), { timeout: 240_000 });
      await club.endsIdle(club[role]);
      club[role] = await club.production.start(role);
    },
  );

  test('a decoder that hangs costs nobody else anything, and another one looks at its photo', async () => {
    const [bob, cat] = searching;
    if (!bob || !cat) throw new Error('nobody searches');
    const create = { width: 4000, height: 4000, channels: 3, background: '#808080' } as const;
    const slow = await sharp({ create }).avif({ effort: 0 }).toBuffer();
    await club.untilIdle();
    const before = bob.inbox().length;
    const decoders = decodersOf(club.worker);
    const [stuck] = await Promise.all([
      busiestDecoderOf(club.worker),
      bob.saysIn(club.group, '/find', { photos: [slow] }),
    ]);
    process.kill(stuck, 'SIGSTOP');
    expect(textOf(bob.inbox()[before])).toBe(en.find.looking);
    expect(textOf(await club.finds(cat, club.photos.group))).toMatch(/Ann” .*distance/);
    const answers = () => bob.inbox().slice(before).map(textOf);
    await vi.waitFor(() => expect(answers()).toEqual([failureText(en, 'no_face')]), { timeout: 240_000 });
    const photos = [club.photos.group, club.photos.group];
    expect(textOf(await club.answer(bob, () => bob.saysIn(club.group, '/find', { photos })))).toMatch(
      /of these \d+ people/,
    );
    const now = () => decodersOf(club.worker);
    await vi.waitFor(() => expect(now()).toHaveLength(decoders.length), { timeout: 240_000 });
    expect(now()).not.toContain(stuck);
  });

  test('kill -9 of the bot after its first word, before the work is queued: answered once, in that message', async () => {
    // Answers tell one person only a limited number of distances to Ann. This person was told few
    // so far.
    const dan = searching.at(3);
    if (!dan) throw new Error('nobody searches');
    await club.untilIdle();
    const redis = connect({ url: club.production.redisUrl }, 'patient', () => {});
    const monitor = await redis.monitor();
    // Resolves when the bot notes its placeholder in Redis, by a script with ten arguments. The job
    // is queued after that.
    const noted = new Promise<void>((resolve) => {
      monitor.on(
        'monitor',
        (_time: string, args: string[]) =>
          args.length === 10 && args[4] === 'placeholder' && args[9] === 'new' && resolve(),
      );
    });
    const before = dan.inbox().length;
    dan.saysIn(club.group, '/find', { photos: [club.photos.group] });
    await noted;
    await end(club.bot.child);
    for (const connection of [monitor, redis]) connection.disconnect();
    club.bot = await club.production.start('bot');
    const answers = () => dan.inbox().slice(before).map(textOf);
    await vi.waitFor(() => expect(answers()).toEqual([expect.stringMatching(/Ann” .*distance/)]), { timeout: 240_000 });
    expect(textOf(await club.finds(dan, club.photos.group))).toMatch(/Ann” .*distance/);
    expect(dan.inbox()).toHaveLength(before + 2);
    expect(club.telegram.complaints).toEqual([]);
  });
});

/** An option for Node that sets the clock of the whole process this many minutes ahead. */
function clockAhead(minutes: number): string {
  const skewed = `const{now}=Date;Date.now=()=>now()+${minutes * 60_000};`;
  return `--import=data:text/javascript,${encodeURIComponent(skewed)}`;
}

/** Waits until one of the worker's children begins to compute, and gives its pid. */
async function busiestDecoderOf(worker: Part): Promise<number> {
  const children = decodersOf(worker);
  const before = new Map(await Promise.all(children.map(async (pid) => [pid, await ticksOf(pid)] as const)));
  return await vi.waitFor(
    async () => {
      for (const pid of children) if ((await ticksOf(pid)) > (before.get(pid) ?? 0) + 4) return pid;
      throw new Error('none is busy');
    },
    { timeout: 240_000, interval: 5 },
  );
}

/** Hundredths of a second of computing time, by Linux's proc(5). */
async function ticksOf(pid: number): Promise<number> {
  const afterName = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1] ?? '';
  const [user, system] = afterName.split(' ').slice(11, 13);
  return Number(user) + Number(system);
}
