import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { connect } from '../../src/queue/redis/connection.ts';
import type { Account } from '../bots/telegram/platform/people.ts';
import { dumpOf } from '../queue/redis-dump.ts';
import { bystandersOn } from '../support/bystanders.ts';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';
import { en } from '../support/words.ts';
import { type Club, openClub, textOf } from './club.ts';
import { end } from './without-docker.ts';

const works = (await nativeRedisWorks()) && (await nativeElasticsearchWorks());

describe.skipIf(!works)('production', () => {
  let root: string;
  let elasticsearch: RunningElasticsearch;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'production-'));
    await giveToService(root);
    elasticsearch = await startElasticsearch({ dir: join(root, 'elasticsearch'), isBrief: true, tls: true });
  });
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
      const again = await startElasticsearch({ dir: join(root, 'elasticsearch'), isBrief: true, tls: true });
      expect([again.url, again.pid]).toEqual([elasticsearch.url, elasticsearch.pid]);
    });
  });

  describe('the services of docker-compose.yml, started without Docker', () => {
    let club: Club;
    let ann: Account;
    let bob: Account;

    beforeAll(async () => {
      club = await openClub(root, elasticsearch);
      [ann, bob] = [await club.joins('Ann'), await club.joins('Bob')];
    });
    afterAll(() => club[Symbol.asyncDispose]());

    test('people enrol and find through a bot and a worker that share nothing but the stores', async () => {
      expect(textOf(await club.enrols(ann, club.photos.ann))).toContain('You are enrolled in');
      expect(textOf(await club.agreesToSearch(bob))).toMatch(/Ann” .*distance/);
      expect(club.telegram.complaints).toEqual([]);
    });

    test('nothing of people and places can be read in Redis', async () => {
      const reader = connect({ url: club.production.redisUrl }, 'patient', () => {});
      const everything = [...(await dumpOf(reader))].join('\n');
      reader.disconnect();
      expect(everything).toContain('{facefinder}:done:ask:');
      for (const trace of ['Ann', 'Chess', String(ann.id), club.telegram.token]) {
        expect(everything).not.toContain(trace);
      }
    });

    test('the bot has no model, no image library and no inference in its memory', async () => {
      const maps = await readFile(`/proc/${club.bot.child.pid}/maps`, 'utf8');
      expect(maps).not.toMatch(/onnxruntime|sharp|libvips|\.onnx/);
      const [, residentKb] =
        /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${club.bot.child.pid}/status`, 'utf8')) ?? [];
      expect(Number(residentKb)).toBeLessThan(220 * 1024);
    });

    test('each is told healthy by its own check', async () => {
      for (const part of [club.bot, club.worker]) {
        expect((await fetch(`http://127.0.0.1:${part.metricsPort}/healthz`)).status).toBe(200);
        expect(await part.health()).toBe(0);
      }
    });

    test('asks are measured where they are done, and pulses go from the bot through Redis to a worker', async () => {
      await expect.poll(() => metric(club.bot, 'facefinder_pulse_seconds_count')).toBeGreaterThan(0);
      expect(await metric(club.bot, 'facefinder_queue_workers{queue="jobs"}')).toBe(1);
      expect(await metric(club.bot, 'facefinder_listening{platform="telegram"}')).toBe(1);
      for (const stage of ['queue', 'fetch', 'embed', 'search']) {
        const series = `facefinder_ask_stage_seconds_count{command="find",stage="${stage}"}`;
        expect(await metric(club.worker, series)).toBeGreaterThan(0);
      }
    });

    test('without a worker the bot is not ready and says why, until there is one', async () => {
      await club.endsIdle(club.worker);
      await vi.waitFor(
        async () => expect(await readyz(club.bot)).toMatch(/^503 not ready\n(.*\n)*workers: no_worker: /),
        {
          timeout: 240_000,
          interval: 500,
        },
      );
      expect(await metric(club.bot, 'facefinder_queue_workers{queue="jobs"}')).toBe(0);
      club.worker = await club.production.start('worker');
      await vi.waitFor(async () => expect(await readyz(club.bot)).toBe('200 ready\n'), {
        timeout: 240_000,
        interval: 500,
      });
    });

    test('kill -9 of a worker that searches: another answers, once', async () => {
      const shown = await club.findsThrough(bob, async () => {
        await end(club.worker.child);
        club.worker = await club.production.start('worker');
      });
      expect(shown).toEqual([expect.stringMatching(/Ann” .*distance/)]);
    });

    test('kill -9 of a worker that looks for one person in many photos: another says it, once, and no store holds a template of the others', async () => {
      const photos = [club.photos.withBob, club.photos.group, club.photos.bob, club.photos.withBob, club.photos.bob];
      const { remains } = await bystandersOn(photos, club.photos.ann);
      const notice = await club.answer(ann, () => ann.says('/me', { photos: [club.photos.bob] }));
      expect(textOf(await club.answer(ann, () => ann.presses(notice, 'agree')))).toContain('I do not see you');
      await club.untilIdle();
      const redis = connect({ url: club.production.redisUrl }, 'patient', () => {});
      const expectNobodyElse = async () => {
        const said = [club.bot.said(), club.worker.said(), ...(await dumpOf(redis)).values()].join('\n');
        expect(remains.among(Buffer.from(said))).toEqual([]);
        expect(remains.in(root)).toEqual({});
      };
      let before = 0;
      const shown = () => ann.inbox().slice(before).map(textOf);
      const isAnswered = () => shown().some((text) => text.includes('You are in photo 2 of 5.'));
      const isKilledInTime = async () => {
        await club.untilIdle();
        before = ann.inbox().length;
        ann.says('/me', { photos });
        await club.untilUnderWay(1);
        await end(club.worker.child);
        const isLate = isAnswered();
        await expectNobodyElse();
        club.worker = await club.production.start('worker');
        return !isLate;
      };
      // On a busy machine the worker may answer before it is killed. Then the person asks once
      // more.
      while (!(await isKilledInTime()));
      while (!isAnswered()) {
        await expectNobodyElse();
        await sleep(100);
      }
      await club.untilIdle();
      await expectNobodyElse();
      redis.disconnect();
      expect(shown()).toEqual([expect.stringContaining('You are in photo 2 of 5.')]);
    });

    test('kill -9 of Redis while a worker searches: the answer comes all the same, once', async () => {
      const shown = await club.findsThrough(bob, async () => {
        await club.production.killRedis();
        await club.production.startRedis();
      });
      expect(shown).toEqual([expect.stringMatching(/Ann” .*distance/)]);
      expect(textOf(await club.answer(bob, () => bob.says('/help')))).toContain('/find');
    });

    test('without Redis people read that a part is down, and need nobody’s help once it is back', async () => {
      await club.production.killRedis();
      expect(textOf(await club.finds(bob, club.photos.group))).toBe(en.failures.unavailable);
      expect(await club.bot.health()).toBe(1);
      await club.production.startRedis();
      await vi.waitFor(async () => expect(await club.bot.health()).toBe(0), { timeout: 240_000, interval: 200 });
      expect(textOf(await club.finds(bob, club.photos.group))).toMatch(/Ann” .*distance/);
    });

    test('kill -9 of the bot in the middle of a conversation: it goes on', async () => {
      const notice = await club.offersSelfie(bob, club.photos.bob);
      // Until a bot confirms the photo, Telegram sends it again. So the next bot would get it once
      // more, and would not know what it is for.
      await club.telegram.until('the photo to be confirmed', () => club.telegram.updates.pending().length === 0);
      await club.endsIdle(club.bot);
      club.bot = await club.production.start('bot');
      expect(textOf(await club.answer(bob, () => bob.presses(notice, 'agree')))).toContain('You are enrolled in');
    });

    test('each leaves on SIGTERM by itself', async () => {
      for (const { child } of [club.worker, club.bot]) {
        child.kill('SIGTERM');
        const [code] = await once(child, 'exit');
        expect(code).toBe(0);
      }
    });
  });
});

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

async function readyz({ metricsPort }: { readonly metricsPort: number }): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${metricsPort}/readyz`);
  return `${answer.status} ${await answer.text()}`;
}

/** The value of a series in /metrics; undefined when it is not there. */
async function metric({ metricsPort }: { readonly metricsPort: number }, series: string): Promise<number | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}
