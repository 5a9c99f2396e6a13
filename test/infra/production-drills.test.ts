import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@elastic/elasticsearch';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { connect as connectElasticsearch } from '../../src/gallery/elasticsearch/client.ts';
import { connect as connectRedis } from '../../src/queue/redis/connection.ts';
import type { Account } from '../bots/telegram/platform/people.ts';
import { ownRedis } from '../queue/own-redis.ts';
import { type Address, openProxy } from '../queue/proxy.ts';
import { makeRed } from '../support/red-index.ts';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';
import { en } from '../support/words.ts';
import { type Club, decodersOf, openClub, textOf } from './club.ts';
import type { Part } from './without-docker.ts';

const works = (await nativeRedisWorks()) && (await nativeElasticsearchWorks());

/** How long a fault may stay unseen, and how long a person may wait for an answer. */
const SEEN_MS = 60_000;

/**
 * A bot and a worker of production, with Redis behind an address like a load balancer's. Faults
 * come one after the other while they run. Each fault is named within a minute. Everybody who asks
 * meanwhile gets an answer. Once the fault is mended, bot and worker recover by themselves.
 */
describe.skipIf(!works)('a fault while production runs', () => {
  let root: string;
  let elasticsearch: RunningElasticsearch;
  let client: Client;
  let club: Club;
  let address: Address;
  /** A connection to Redis that keeps all rights when facefinder's user loses some. */
  let admin: Redis;
  let password: string;
  let redisPort: number;
  let finder: Account;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'production-drills-'));
    await giveToService(root);
    elasticsearch = await startElasticsearch({ dir: join(root, 'elasticsearch'), isBrief: true, tls: true });
    const { url, ca: caFile } = elasticsearch;
    client = connectElasticsearch({ url, ...(caFile !== undefined && { caFile }) });
    club = await openClub(root, elasticsearch);
    const direct = new URL(club.production.redisUrl);
    [password, redisPort] = [direct.password, Number(direct.port)];
    address = await openProxy(redisPort);
    const own = connectRedis({ url: direct.href }, 'patient', () => {});
    await own.acl('SETUSER', 'admin', 'on', `>${password}`, '~*', '&*', '+@all');
    own.disconnect();
    direct.username = 'admin';
    admin = connectRedis({ url: direct.href }, 'patient', () => {});
    const led = club.production.redisUrl.replace(`:${redisPort}`, `:${address.port}`);
    await writeFile(join(root, 'secrets', 'redis_url'), led);
    await club.endsIdle(club.bot, club.worker);
    await startBoth();
    await club.enrols(await club.joins('Ann'), club.photos.ann);
  }, 300_000);
  // Each test has a new searcher, because answers tell one person only a limited number of
  // distances to another person.
  beforeEach(async () => {
    finder = await club.joins('Finder');
    await club.agreesToSearch(finder);
  });
  afterAll(async () => {
    admin?.disconnect();
    await client?.close();
    await club?.[Symbol.asyncDispose]();
    await address?.[Symbol.asyncDispose]();
    await elasticsearch?.stop();
    await rm(root, { recursive: true, force: true });
  });

  async function startBoth(): Promise<void> {
    const env = { LOG_LEVEL: 'info' };
    [club.bot, club.worker] = await Promise.all([
      club.production.start('bot', env),
      club.production.start('worker', env),
    ]);
  }

  async function untilTold(...told: readonly RegExp[]): Promise<void> {
    const look = async () => {
      const said = await readyz(club.bot);
      for (const line of told) expect(said).toMatch(line);
    };
    await vi.waitFor(look, { timeout: SEEN_MS, interval: 250 });
  }

  async function untilLogged(cause: string): Promise<void> {
    const said = () => club.bot.said() + club.worker.said();
    await vi.waitFor(() => expect(said()).toContain(`"cause":"${cause}"`), { timeout: SEEN_MS, interval: 250 });
  }

  /** Waits until bot and worker are ready. Then a search must name an enrolled person. */
  async function untilMended(found: RegExp | string = /Ann” .*distance/): Promise<void> {
    const ready = async () =>
      expect([await readyz(club.bot), await readyz(club.worker)]).toEqual(['ready\n', 'ready\n']);
    await vi.waitFor(ready, { timeout: SEEN_MS, interval: 250 });
    expect(textOf(await club.finds(finder, club.photos.group))).toMatch(found);
  }

  const search = async () => textOf(await club.finds(finder, club.photos.group));
  const facefinderMay = (...rights: string[]) => admin.acl('SETUSER', 'default', ...rights);

  async function facesIndex(): Promise<string> {
    const [name = ''] = Object.keys(await client.indices.get({ index: 'facefinder-faces-*' }));
    return name;
  }

  test('an index of Elasticsearch is closed', async () => {
    const index = await facesIndex();
    await client.indices.close({ index });
    await untilTold(/^gallery: elasticsearch_closed: An index is closed/m);
    expect(await search()).toBe(en.failures.unavailable);
    await client.indices.open({ index });
    await untilMended();
  });

  test('Elasticsearch has too little memory for what it is asked', async () => {
    const limit = (value: string | null) =>
      client.cluster.putSettings({ persistent: { 'indices.breaker.total.limit': value } });
    await limit('1kb');
    await untilTold(/^gallery: elasticsearch_breaker: /m);
    expect(await search()).toBe(en.failures.unavailable);
    await limit(null);
    await untilMended();
  });

  test('two at once: the user of Redis loses a right, and an index is closed', async () => {
    const index = await facesIndex();
    await Promise.all([facefinderMay('-evalsha', '-eval'), client.indices.close({ index })]);
    await untilTold(/^queue: redis_noperm: .*ACL SETUSER/m, /^gallery: elasticsearch_closed: /m);
    expect(await search()).toBe(en.failures.unavailable);
    await Promise.all([facefinderMay('+evalsha', '+eval'), client.indices.open({ index })]);
    await untilMended();
  });

  test('the connections to Redis are swallowed without a word', async () => {
    address.swallow();
    expect(await search()).toMatch(/Ann” .*distance/);
    await untilLogged('redis_unreachable');
    await untilMended();
  });

  test('another Redis becomes the primary', async () => {
    const second = await ownRedis();
    for (const name of ['masterauth', 'requirepass']) await second.admin.config('SET', name, password);
    await admin.config('SET', 'masterauth', password);
    const follow = async (replica: Redis, port: number) => {
      await replica.replicaof('127.0.0.1', port);
      await vi.waitFor(
        async () => expect(await replica.info('replication')).toContain('master_link_status:up'),
        SEEN_MS,
      );
    };
    const makePrimary = async (next: Redis, port: number) => {
      await next.replicaof('NO', 'ONE');
      address.lead(port);
    };
    await follow(second.admin, redisPort);
    await makePrimary(second.admin, second.port);
    await admin.replicaof('127.0.0.1', second.port);
    expect(await search()).not.toBe('');
    await untilLogged('redis_readonly');
    await untilMended();
    await follow(admin, second.port);
    await makePrimary(admin, redisPort);
    await second.admin.replicaof('127.0.0.1', redisPort);
    await untilMended();
  });

  test('Redis is emptied while somebody waits', async () => {
    await club.untilIdle();
    const decoders = decodersOf(club.worker);
    const before = finder.inbox().length;
    for (const pid of decoders) process.kill(pid, 'SIGSTOP');
    finder.saysIn(club.group, '/find', { photos: [club.photos.group] });
    await club.untilUnderWay(1);
    await admin.flushall();
    for (const pid of decoders) process.kill(pid, 'SIGCONT');
    await untilLogged('redis_forgot');
    expect(await metric(club.bot, 'facefinder_memory_losses_total')).toBeGreaterThan(0);
    // Redis lost the notes of which asks were answered. So both bot and worker may say that nothing
    // was done.
    const heard = () => {
      const shown = finder.inbox().slice(before).map(textOf);
      expect(shown).not.toEqual([]);
      for (const text of shown) expect(text).not.toContain(en.find.looking);
    };
    await vi.waitFor(heard, { timeout: SEEN_MS, interval: 250 });
    await untilMended();
  });

  test('an index of Elasticsearch is red', async () => {
    await makeRed(client, await facesIndex());
    await untilTold(/^gallery: elasticsearch_red: An index is red/m);
    expect(await search()).toBe(en.failures.unavailable);
  });

  test('an index of Elasticsearch is deleted: what it held is lost, and a start makes it anew', async () => {
    await client.indices.delete({ index: await facesIndex() });
    await untilTold(/^gallery: elasticsearch_missing: An index is gone/m);
    expect(await search()).toBe(en.failures.unavailable);
    await club.endsIdle(club.bot, club.worker);
    await startBoth();
    await untilMended(/./);
    expect(club.telegram.complaints).toEqual([]);
  });
});

async function readyz({ metricsPort }: Part): Promise<string> {
  return (await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).text();
}

/** The value of a series in /metrics; undefined when it is not there. */
async function metric({ metricsPort }: Part, series: string): Promise<number | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}
