import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort, giveToService } from '../../infra/services/daemon.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { connect } from '../../src/queue/redis.ts';
import { answerTo } from '../bots/telegram/driver.ts';
import { samples } from '../bots/telegram/photos.ts';
import { type Account, peopleOf } from '../bots/telegram/platform/people.ts';
import { type BotApi, startBotApi } from '../bots/telegram/platform/server.ts';
import { dumpOf } from '../queue/redis-dump.ts';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';
import { composeServices, entrypointOf, ROOT } from './compose.ts';

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
    let secrets: string;
    let telegram: BotApi;
    let redis: ChildProcess;
    let bot: Part;
    let worker: Part;

    beforeAll(async () => {
      telegram = await startBotApi();
      secrets = join(root, 'secrets');
      execFileSync('sh', [fileURLToPath(new URL('infra/make-secrets.sh', ROOT)), secrets]);
      const port = await freePort();
      const password = await readFile(join(secrets, 'redis_password'), 'utf8');
      await writeFile(join(secrets, 'redis_url'), `redis://default:${password}@127.0.0.1:${port}`);
      await writeFile(join(secrets, 'elasticsearch_url'), elasticsearch.url);
      await writeFile(join(secrets, 'telegram_token'), telegram.token);
      redis = await startRedisOf(root, secrets, port);
      bot = await startPart('bot');
      worker = await startPart('worker');
    }, 120_000);
    afterAll(async () => {
      telegram.updates.stop();
      for (const child of [bot?.child, worker?.child, redis]) {
        if (!child || child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await telegram[Symbol.asyncDispose]();
    });

    async function startPart(name: 'bot' | 'worker'): Promise<Part> {
      const extra = { TELEGRAM_API_URL: telegram.url, ELASTICSEARCH_CA: elasticsearch.ca };
      return await startApp(name, secrets, extra);
    }

    test('people enrol and find through a bot and a worker that share nothing but the stores', async () => {
      const photos = await samples();
      const people = peopleOf(telegram);
      const [ann, bob] = [people.person('Ann'), people.person('Bob')];
      const club = people.group('Chess club', [ann, bob]);
      const ask = (person: Account, act: () => unknown) => answerTo(telegram, person, act);
      for (const person of [ann, bob]) await ask(person, () => person.says('/start'));

      const links = people.inChat(club.chat.id).length;
      ann.saysIn(club, '/enroll');
      const offer = await telegram.until('the link', () => people.inChat(club.chat.id)[links]);
      await ask(ann, () => ann.opens(offer));
      const [notice] = await ask(ann, () => ann.says('', { photos: [photos.ann] }));
      const [enrolled] = notice ? await ask(ann, () => ann.presses(notice, 'agree')) : [];
      expect(enrolled?.text).toContain('You are enrolled here');

      const [asked] = await ask(bob, () => bob.saysIn(club, '/find', { photos: [photos.group] }));
      const [found] = asked ? await ask(bob, () => bob.presses(asked, 'agree')) : [];
      expect(found?.caption ?? found?.text).toMatch(/Ann/);
      expect(telegram.complaints).toEqual([]);

      const reader = connect(await readFile(join(secrets, 'redis_url'), 'utf8'), 'patient', () => {});
      const inRedis = [...(await dumpOf(reader))].join('\n');
      reader.disconnect();
      for (const trace of ['Ann', 'Chess', String(ann.id), telegram.token]) expect(inRedis).not.toContain(trace);
    }, 120_000);

    test('the bot has no model, no image library and no inference in its memory', async () => {
      const maps = await readFile(`/proc/${bot.child.pid}/maps`, 'utf8');
      expect(maps).not.toMatch(/onnxruntime|sharp|libvips|\.onnx/);
      const [, residentKb] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${bot.child.pid}/status`, 'utf8')) ?? [];
      expect(Number(residentKb)).toBeLessThan(220 * 1024);
    });

    test('each is told healthy by its own check', async () => {
      for (const part of [bot, worker]) {
        expect((await fetch(`http://127.0.0.1:${part.metricsPort}/healthz`)).status).toBe(200);
        expect(await healthOf(part)).toBe(0);
      }
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

interface Part {
  readonly child: ChildProcess;
  readonly metricsPort: number;
  readonly healthcheck: readonly string[];
}

/** The entrypoint of the redis service, with this machine's paths and a port on loopback. */
async function startRedisOf(root: string, secrets: string, port: number): Promise<ChildProcess> {
  const { redis } = await composeServices();
  const [shell = '', ...args] = redis?.entrypoint ?? [];
  const onLoopback = args.map((arg) =>
    arg
      .replace('/etc/facefinder/redis.conf', `"${fileURLToPath(new URL('infra/redis.conf', ROOT))}" --port ${port}`)
      .replace('--maxmemory', '--bind 127.0.0.1 --maxmemory')
      .replaceAll('/run/secrets', secrets),
  );
  const child = spawn(shell, onLoopback, { cwd: root, stdio: 'ignore' });
  const client = connect(await readFile(join(secrets, 'redis_url'), 'utf8'), 'patient', () => {});
  expect(await client.ping()).toBe('PONG');
  expect(await client.config('GET', 'appendfsync')).toEqual(['appendfsync', 'always']);
  expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  client.disconnect();
  return child;
}

/** What the container of a service would run, in the environment that it would have; resolves once it is healthy. */
async function startApp(name: 'bot' | 'worker', secrets: string, extra: NodeJS.ProcessEnv): Promise<Part> {
  const service = (await composeServices())[name];
  const [, ...entrypoint] = await entrypointOf(service?.build?.dockerfile ?? '');
  const metricsPort = await freePort();
  const environment = Object.entries(service?.environment ?? {}).map(([variable, value]) => [
    variable,
    value.replace('/run/secrets', secrets),
  ]);
  const child = spawn(process.execPath, [...entrypoint, ...(service?.command ?? [])], {
    cwd: fileURLToPath(ROOT),
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      HOME: process.env.HOME,
      PATH: process.env.PATH,
      ...Object.fromEntries(environment),
      ...extra,
      LOG_LEVEL: 'error',
      METRICS_PORT: String(metricsPort),
    },
  });
  const part = { child, metricsPort, healthcheck: service?.healthcheck?.test ?? [] };
  await vi.waitFor(async () => expect(await healthOf(part)).toBe(0), { timeout: 60_000, interval: 500 });
  return part;
}

/** The exit code of the service's own health check. */
async function healthOf({ metricsPort, healthcheck }: Part): Promise<number> {
  const [, , ...args] = healthcheck.map((arg) => arg.replace('9464', String(metricsPort)));
  const [code] = await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
  return code;
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
