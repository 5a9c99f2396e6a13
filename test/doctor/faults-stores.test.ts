import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@elastic/elasticsearch';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../infra/services/elasticsearch.ts';
import { type RunningRedis, startRedis } from '../../infra/services/redis.ts';
import { start } from '../../src/app.ts';
import { run } from '../../src/cli/run.ts';
import { readConfig } from '../../src/config.ts';
import { examine } from '../../src/doctor/examine.ts';
import { openLog } from '../../src/log.ts';
import { startBotApi } from '../bots/telegram/platform/server.ts';
import { selfie, visitor } from '../e2e/page-app.ts';
import { emptyDisk, fillDisk } from '../support/full-disk.ts';
import { makeRed } from '../support/red-index.ts';
import { nativeElasticsearchWorks, nativeRedisWorks } from '../support/shared-services.ts';
import { addAccounts } from './accounts.ts';
import { expectForetold } from './fault.ts';

const works = (await nativeRedisWorks()) && (await nativeElasticsearchWorks());

describe.skipIf(!works)('doctor foretells what a start and a search meet in production', () => {
  let root: string;
  let redis: RunningRedis;
  let elasticsearch: RunningElasticsearch;
  let operator: Redis;
  let client: Client;
  let env: Record<string, string>;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'facefinder-faults-'));
    await giveToService(root);
    redis = await startRedis({ dir: join(root, 'redis') });
    const inElasticsearch = join(root, 'elasticsearch');
    // By default Elasticsearch looks every 5 seconds for new users and roles in its files.
    const settings = { 'resource.reload.interval.high': '200ms' };
    elasticsearch = await startElasticsearch({ dir: inElasticsearch, isBrief: true, settings });
    await addAccounts(join(inElasticsearch, 'config'), elasticsearch.url);
    operator = new Redis(redis.url);
    client = new Client({ node: elasticsearch.url });
    const MASTER_KEY = randomBytes(32).toString('base64');
    env = { REDIS_URL: redis.url, ELASTICSEARCH_URL: elasticsearch.url, MASTER_KEY };
    await enrolAnn();
  }, 300_000);
  afterAll(async () => {
    operator?.disconnect();
    await client?.close();
    await redis?.stop();
    await elasticsearch?.stop();
    await rm(root, { recursive: true, force: true });
  });

  async function enrolAnn(): Promise<void> {
    const common = { PLAYGROUND_PORT: '0', WORKERS: '1', LOG_LEVEL: 'silent', CONTACT: 'faces@example.org' };
    const app = await start(readConfig({ ...common, ...env }, root), openLog('silent'));
    await visitor(app.url ?? '', 'ann').agree('/enroll', await selfie());
    await app.stop();
  }

  interface StoreFault {
    readonly name: string;
    /** Breaks a store, where changed settings are not enough. */
    readonly harm?: () => Promise<unknown>;
    readonly mend?: () => Promise<unknown>;
    readonly changed?: () => Record<string, string> | Promise<Record<string, string>>;
    readonly told?: RegExp;
  }

  function at(url: string, change: { user?: string; password?: string; port?: number }): string {
    const changed = new URL(url);
    if (change.user !== undefined) changed.username = change.user;
    if (change.password !== undefined) changed.password = change.password;
    if (change.port !== undefined) changed.port = String(change.port);
    return changed.href;
  }

  /** The address of Elasticsearch for one of its {@link ACCOUNTS}. */
  const as = (user: string) => () => ({ ELASTICSEARCH_URL: at(elasticsearch.url, { user }) });

  const set = (name: string, value: string) => operator.config('SET', name, value);
  const cluster = (persistent: Record<string, unknown>) => client.cluster.putSettings({ persistent });

  async function facesIndex(): Promise<string> {
    const [name = ''] = Object.keys(await client.indices.get({ index: 'facefinder-faces-*' }));
    return name;
  }

  /** Makes the gallery look as if it had never existed. */
  async function removeGallery(): Promise<void> {
    const names = Object.keys(await client.indices.get({ index: 'facefinder-*' }));
    if (names.length > 0) await client.indices.delete({ index: names });
    await client.indices.deleteIndexTemplate({ name: 'facefinder-*' }, { ignore: [404] });
  }

  async function webServer(): Promise<string> {
    const server = createServer((_, response) => response.end('{"hello":"world"}'))
      .listen(0, '127.0.0.1')
      .unref();
    await new Promise((resolve) => server.once('listening', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const FAULTS: readonly StoreFault[] = [
    { name: 'nothing, in a gallery in use' },
    {
      name: 'Redis is stopped',
      changed: () => ({ REDIS_URL: at(redis.url, { port: 1 }) }),
      told: /Redis does not answer/,
    },
    {
      name: 'a wrong password of Redis',
      changed: () => ({ REDIS_URL: at(redis.url, { password: 'wrong' }) }),
      told: /Redis refuses the user or the password/,
    },
    {
      name: 'a user of Redis without the rights',
      harm: () => operator.call('ACL', 'SETUSER', 'guest', 'on', '>secret', '~*', '+@read', '+@connection', '+info'),
      changed: () => ({ REDIS_URL: at(redis.url, { user: 'guest', password: 'secret' }) }),
      told: /does not let this user/,
    },
    {
      name: 'a full Redis',
      harm: () => set('maxmemory', '1mb'),
      mend: () => set('maxmemory', '0'),
      told: /Redis has no memory left/,
    },
    {
      name: 'a Redis that is a replica',
      harm: () => operator.replicaof('127.0.0.1', 1),
      mend: () => operator.replicaof('NO', 'ONE'),
      told: /is a replica/,
    },
    {
      name: 'Elasticsearch is stopped',
      changed: () => ({ ELASTICSEARCH_URL: at(elasticsearch.url, { port: 1 }) }),
      told: /Elasticsearch does not answer/,
    },
    {
      name: 'a wrong password of Elasticsearch',
      changed: () => ({ ELASTICSEARCH_URL: at(elasticsearch.url, { password: 'wrong' }) }),
      told: /Elasticsearch refuses the user, the password/,
    },
    {
      name: 'a user of Elasticsearch who may only read',
      changed: as('reader'),
      told: /Elasticsearch does not let this user/,
    },
    {
      name: 'a user of Elasticsearch who has the rights that suffice',
      changed: as('writer'),
    },
    {
      name: 'a web server in place of Elasticsearch',
      changed: async () => ({ ELASTICSEARCH_URL: await webServer() }),
      told: /no Elasticsearch/,
    },
    {
      name: 'a path at which no Elasticsearch is',
      changed: () => ({ ELASTICSEARCH_URL: `${elasticsearch.url}/elsewhere` }),
      told: /no Elasticsearch/,
    },
    {
      name: 'another master key',
      changed: () => ({ MASTER_KEY: randomBytes(32).toString('base64') }),
      told: /not the key that the data were sealed with/,
    },
    {
      name: 'a closed index',
      harm: async () => client.indices.close({ index: await facesIndex() }),
      mend: async () => client.indices.open({ index: await facesIndex() }),
      told: /index is closed/,
    },
    {
      name: 'a disk of Elasticsearch that is full',
      harm: () => fillDisk(client, 'facefinder-*'),
      mend: () => emptyDisk(client, 'facefinder-*'),
      told: /disk is nearly full/,
    },
    {
      name: 'an index of faces that is gone',
      harm: async () => client.indices.delete({ index: await facesIndex() }),
      mend: () => removeGallery(),
      told: /index is gone/,
    },
    { name: 'nothing, before the first start', harm: () => removeGallery(), mend: () => enrolAnn() },
    {
      name: 'a user who may make no index, before the first start',
      harm: () => removeGallery(),
      changed: as('writer'),
      told: /does not let this user .*facefinder-/,
    },
    {
      name: 'nothing, before the first start of a user who has just the rights for it',
      harm: () => removeGallery(),
      changed: as('maker'),
    },
    {
      name: 'an index that is red',
      harm: async () => makeRed(client, await facesIndex()),
      mend: () => removeGallery(),
      told: /index is red/,
    },
    {
      name: 'no shard left for the indices',
      harm: async () => {
        await removeGallery();
        await cluster({ 'cluster.max_shards_per_node': 1 });
      },
      mend: () => cluster({ 'cluster.max_shards_per_node': null }),
      told: /as many shards as it may have/,
    },
    {
      name: 'as few shards as the indices have without replicas',
      harm: async () => {
        await removeGallery();
        const { active_shards: taken } = await client.cluster.health();
        await cluster({ 'cluster.max_shards_per_node': taken + 11 });
      },
      mend: async () => {
        await cluster({ 'cluster.max_shards_per_node': null });
        await removeGallery();
      },
      told: /as many shards as it may have.* 11 free/,
    },
    {
      name: "somebody else's template of the same names",
      harm: async () => {
        await removeGallery();
        await client.indices.putIndexTemplate({
          name: 'theirs',
          index_patterns: ['facefinder-people-*'],
          priority: 200,
        });
      },
      mend: () => client.indices.deleteIndexTemplate({ name: 'theirs' }),
      told: /template of somebody else/,
    },
  ];

  it.each(FAULTS)('$name', async ({ name, harm, mend, changed, told }) => {
    await harm?.();
    try {
      const broken = async () => ({ ...env, ...(await changed?.()) });
      await expectForetold(
        told ? { env: broken, told } : { env: broken },
        name.includes('first start') ? undefined : 'ann',
      );
    } finally {
      await mend?.();
    }
  });

  it('a bot without a worker, by which nobody is found, and with one', async () => {
    await using telegram = await startBotApi();
    const TELEGRAM = { TELEGRAM_TOKEN: telegram.token, TELEGRAM_API_URL: telegram.url, CONTACT: 'faces@example.org' };
    const config = (ROLE: string) => readConfig({ ...env, ...TELEGRAM, ROLE, WORKERS: '1' }, root);
    const queue = async () => (await examine(config('bot'))).find(({ part }) => part === 'queue (Redis)');
    expect(await queue()).toMatchObject({ state: 'fail', what: expect.stringContaining('No worker') });
    const worker = await start(config('worker'), openLog('silent'));
    try {
      await vi.waitFor(async () => expect(await queue()).toMatchObject({ state: 'ok' }), { timeout: 240_000 });
    } finally {
      await worker.stop();
    }
  });

  it('a verb that only looks or erases makes no index where there is none, and says so', async () => {
    await removeGallery();
    for (const args of [['disputes'], ['sweep'], ['erase', '--person', 'page:nobody']]) {
      const said: string[] = [];
      const code = await run(args, { out: (line) => said.push(line), err: (line) => said.push(line), env });
      expect({ code, said }).toEqual({ code: 1, said: [expect.stringContaining('Nothing is kept there yet')] });
    }
    expect(await client.indices.get({ index: 'facefinder-*' })).toEqual({});
  });
});
