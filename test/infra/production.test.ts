import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { giveToService } from '../../infra/services/daemon.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { connect } from '../../src/queue/redis.ts';
import { en } from '../../src/text/en.ts';
import { answerTo } from '../bots/telegram/driver.ts';
import { samples } from '../bots/telegram/photos.ts';
import { type Account, type People, peopleOf } from '../bots/telegram/platform/people.ts';
import { type BotApi, startBotApi } from '../bots/telegram/platform/server.ts';
import type { Group, Posted } from '../bots/telegram/platform/world.ts';
import { dumpOf } from '../queue/redis-dump.ts';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';
import { end, type Part, type WithoutDocker, withoutDocker } from './without-docker.ts';

const works = (await nativeRedisWorks()) && (await nativeElasticsearchWorks());

describe.skipIf(!works)('production', () => {
  let root: string;
  let elasticsearch: RunningElasticsearch;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'production-'));
    await giveToService(root);
    elasticsearch = await startElasticsearch({ dir: join(root, 'elasticsearch'), heapMb: 512, tls: true });
  }, 240_000);
  afterAll(async () => {
    await elasticsearch.stop();
    await rm(root, { recursive: true, force: true });
  });

  describe('an Elasticsearch of one’s own', () => {
    test('answers to its certificate and its password only, and not as root', async () => {
      const ca = await readFile(elasticsearch.ca ?? '');
      const stranger = new URL(elasticsearch.url);
      stranger.password = 'wrong';
      expect(await statusOf(elasticsearch.url, ca)).toBe(200);
      expect(await statusOf(stranger.href, ca)).toBe(401);
      await expect(statusOf(elasticsearch.url)).rejects.toThrow(/self-signed/);
      expect(accountOf(elasticsearch.pid)).not.toBe('root');
    });

    test('never dumps its heap, which holds vectors', async () => {
      const options = await readFile(join(root, 'elasticsearch', 'config', 'jvm.options'), 'utf8');
      expect(options).not.toMatch(/^-XX:\+HeapDump/m);
    });

    test('is started once per folder', async () => {
      const again = await startElasticsearch({ dir: join(root, 'elasticsearch'), heapMb: 512, tls: true });
      expect([again.url, again.pid]).toEqual([elasticsearch.url, elasticsearch.pid]);
    });
  });

  describe('the services of docker-compose.yml, started without Docker', () => {
    let photos: Awaited<ReturnType<typeof samples>>;
    let telegram: BotApi;
    let people: People;
    let production: WithoutDocker;
    let bot: Part;
    let worker: Part;
    let ann: Account;
    let bob: Account;
    let club: Group;

    beforeAll(async () => {
      photos = await samples();
      telegram = await startBotApi();
      production = await withoutDocker({
        root,
        elasticsearch,
        secrets: { telegram_token: telegram.token },
        env: { TELEGRAM_API_URL: telegram.url },
      });
      bot = await production.start('bot');
      worker = await production.start('worker');
      people = peopleOf(telegram);
      [ann, bob] = [people.person('Ann'), people.person('Bob')];
      club = people.group('Chess club', [ann, bob]);
      for (const person of [ann, bob]) await answer(person, () => person.says('/start'));
    }, 120_000);
    afterAll(async () => {
      telegram.updates.stop();
      await production[Symbol.asyncDispose]();
      await telegram[Symbol.asyncDispose]();
    });

    /** The one message that something a person did made the bot show them. */
    async function answer(person: Account, act: () => unknown): Promise<Posted> {
      const [message, ...others] = await answerTo(telegram, person, act);
      expect(others).toEqual([]);
      if (!message) throw new Error('no answer');
      return message;
    }

    /** What a search shows in the end, once, whatever happens while a worker is at it. */
    async function findThrough(trouble: () => Promise<void>): Promise<string[]> {
      // An answer is seen a moment before its job has ended.
      await untilUnderWay(production.redisUrl, 0);
      const before = bob.inbox().length;
      bob.saysIn(club, '/find', { photos: [photos.group] });
      await untilUnderWay(production.redisUrl, 1);
      await trouble();
      await vi.waitFor(() => expect(textOf(bob.inbox().at(-1))).toMatch(/distance/), {
        timeout: 50_000,
        interval: 100,
      });
      return bob.inbox().slice(before).map(textOf);
    }

    test('people enrol and find through a bot and a worker that share nothing but the stores', async () => {
      const links = people.inChat(club.chat.id).length;
      ann.saysIn(club, '/enroll');
      const offer = await telegram.until('the link', () => people.inChat(club.chat.id)[links]);
      await answer(ann, () => ann.opens(offer));
      const notice = await answer(ann, () => ann.says('', { photos: [photos.ann] }));
      expect(textOf(await answer(ann, () => ann.presses(notice, 'agree')))).toContain('You are enrolled here');

      const asked = await answer(bob, () => bob.saysIn(club, '/find', { photos: [photos.group] }));
      expect(textOf(await answer(bob, () => bob.presses(asked, 'agree')))).toMatch(/Ann: .*distance/);
      expect(telegram.complaints).toEqual([]);
    });

    test('nothing of people and places can be read in Redis', async () => {
      const reader = connect(production.redisUrl, 'patient', () => {});
      const everything = [...(await dumpOf(reader))].join('\n');
      reader.disconnect();
      expect(everything).toContain('{facefinder}:done:ask:');
      for (const trace of ['Ann', 'Chess', String(ann.id), telegram.token]) expect(everything).not.toContain(trace);
    });

    test('the bot has no model, no image library and no inference in its memory', async () => {
      const maps = await readFile(`/proc/${bot.child.pid}/maps`, 'utf8');
      expect(maps).not.toMatch(/onnxruntime|sharp|libvips|\.onnx/);
      const [, residentKb] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${bot.child.pid}/status`, 'utf8')) ?? [];
      expect(Number(residentKb)).toBeLessThan(220 * 1024);
    });

    test('each is told healthy by its own check', async () => {
      for (const part of [bot, worker]) {
        expect((await fetch(`http://127.0.0.1:${part.metricsPort}/healthz`)).status).toBe(200);
        expect(await part.health()).toBe(0);
      }
    });

    test('kill -9 of a worker that searches: another answers, once', async () => {
      const shown = await findThrough(async () => {
        await end(worker.child);
        worker = await production.start('worker');
      });
      expect(shown).toEqual([expect.stringMatching(/Ann: .*distance/)]);
    });

    test('kill -9 of Redis while a worker searches: the answer comes all the same, once', async () => {
      const shown = await findThrough(async () => {
        await production.killRedis();
        await production.startRedis();
      });
      expect(shown).toEqual([expect.stringMatching(/Ann: .*distance/)]);
      expect(textOf(await answer(bob, () => bob.says('/help')))).toContain('/find');
    });

    test('without Redis people read that a part is down, and need nobody’s help once it is back', async () => {
      await production.killRedis();
      const refused = await answer(bob, () => bob.saysIn(club, '/find', { photos: [photos.group] }));
      expect(textOf(refused)).toBe(en.failures.unavailable);
      expect(await bot.health()).toBe(1);
      await production.startRedis();
      await vi.waitFor(async () => expect(await bot.health()).toBe(0), { timeout: 30_000, interval: 200 });
      const found = await answer(bob, () => bob.saysIn(club, '/find', { photos: [photos.group] }));
      expect(textOf(found)).toMatch(/Ann: .*distance/);
    });

    test('kill -9 of the bot in the middle of a conversation: it goes on', async () => {
      const links = people.inChat(club.chat.id).length;
      bob.saysIn(club, '/enroll');
      const offer = await telegram.until('the link', () => people.inChat(club.chat.id)[links]);
      await answer(bob, () => bob.opens(offer));
      const notice = await answer(bob, () => bob.says('', { photos: [photos.bob] }));
      await end(bot.child);
      bot = await production.start('bot');
      expect(textOf(await answer(bob, () => bob.presses(notice, 'agree')))).toContain('You are enrolled here');
    });

    test('each leaves on SIGTERM by itself', async () => {
      for (const { child } of [worker, bot]) {
        child.kill('SIGTERM');
        const [code] = await once(child, 'exit');
        expect(code).toBe(0);
      }
    });
  });
});

function textOf(message: Posted | undefined): string {
  return (message?.caption ?? message?.text ?? '').replaceAll('\u2060', '');
}

async function untilUnderWay(redisUrl: string, jobs: number): Promise<void> {
  const redis = connect(redisUrl, 'patient', () => {});
  const active = () => redis.llen('{facefinder}:ask:active');
  await vi.waitFor(async () => expect(await active()).toBe(jobs), { timeout: 20_000, interval: 1 });
  redis.disconnect();
}

function accountOf(pid: number): string {
  return execFileSync('ps', ['-o', 'user=', '-p', String(pid)], { encoding: 'utf8' }).trim();
}

function statusOf(url: string, ca?: Buffer): Promise<number | undefined> {
  const { username, password, origin } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const asked = request(`${origin}/_cluster/health`, { auth: `${username}:${password}`, ca }, (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  asked.on('error', reject).end();
  return promise;
}
