import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { type RunningRedis, startRedis } from '../../infra/services/redis.ts';
import { bullmqQueue } from '../../src/queue/bullmq.ts';
import { connect } from '../../src/queue/redis/connection.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { nativeRedisWorks } from '../support/shared-services.ts';
import { item } from './pending-contract.ts';
import { type Address, openProxy } from './proxy.ts';
import { ask, eventually, record } from './queue-contract.ts';

const root = await mkdtemp(join(tmpdir(), 'failover-'));
await giveToService(root);
afterAll(() => rm(root, { recursive: true, force: true }));

/** So long may nothing go on after a failover or a lost connection. */
const RECOVERY_MS = 15_000;

describe.skipIf(!(await nativeRedisWorks()))('one address, and', { timeout: 60_000 }, () => {
  test('another Redis becomes the primary behind it: every ask that comes is taken and worked on', async () => {
    const { proxy, url, first, second } = await pair();
    await using _proxy = proxy;
    await using crew = bullmqQueue({ url, onError: () => {} });
    await using bot = bullmqQueue({ url, onError: () => {} });
    await using pending = redisPending({ url });
    const { handled, handler } = record();
    crew.work('ask', 4, handler);
    const before = ask();
    await bot.add(before);
    await eventually(() => expect(handled).toHaveLength(1));
    await second.admin.replicaof('NO', 'ONE');
    await first.admin.replicaof('127.0.0.1', second.port);
    proxy.lead(second.port);
    const asks = await askFor(RECOVERY_MS / 3, bot);
    await eventually(() => expect(new Set(ids(handled))).toEqual(new Set(ids([before, ...asks]))));
    const kept = item();
    await pending.put('placeholder', kept);
    expect(await pending.read('placeholder', kept.id)).toEqual(kept);
    await bot.check();
  });

  test('its open connections are swallowed without a word: every ask that comes is taken and worked on', async () => {
    const { proxy, url } = await single();
    await using _proxy = proxy;
    await using crew = bullmqQueue({ url, onError: () => {} });
    await using bot = bullmqQueue({ url, onError: () => {} });
    await using pending = redisPending({ url });
    const kept = item();
    await pending.put('placeholder', kept);
    const { handled, handler } = record();
    crew.work('ask', 4, handler);
    const before = ask();
    await bot.add(before);
    await eventually(() => expect(handled).toHaveLength(1));
    proxy.swallow();
    const [asks, read] = await Promise.all([
      askFor(RECOVERY_MS / 3, bot),
      pending.read('placeholder', kept.id),
      pending.drop('placeholder', 'another'),
    ]);
    expect(read).toEqual(kept);
    await eventually(() => expect(new Set(ids(handled))).toEqual(new Set(ids([before, ...asks]))));
    await bot.check();
  });

  test('its connections are swallowed while nobody asks for anything: the next ask is taken at once', async () => {
    const { proxy, url } = await single();
    await using _proxy = proxy;
    await using crew = bullmqQueue({ url, onError: () => {} });
    await using bot = bullmqQueue({ url, onError: () => {} });
    const { handled, handler } = record();
    crew.work('ask', 1, handler);
    await eventually(async () => expect(await bot.state()).toMatchObject({ workers: 1 }));
    proxy.swallow();
    await setTimeout(RECOVERY_MS);
    const started = performance.now();
    await bot.add(ask());
    await eventually(() => expect(handled).toHaveLength(1));
    expect(performance.now() - started).toBeLessThan(RECOVERY_MS / 3);
  });

  test('only a replica is left behind it: asks are refused with the reason, and taken once it is made the primary', async () => {
    const { proxy, url, second } = await pair();
    await using _proxy = proxy;
    proxy.lead(second.port);
    await using bot = bullmqQueue({ url, onError: () => {} });
    await expect(bot.add(ask())).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'redis_readonly' } });
    await expect(bot.check()).rejects.toMatchObject({ cause: { code: 'redis_readonly' } });
    await second.admin.replicaof('NO', 'ONE');
    expect(await bot.add(ask())).toBe('added');
  });
});

/** Adds an ask now and then for `ms`; each must be taken. */
async function askFor(ms: number, queue: ReturnType<typeof bullmqQueue>) {
  const asks = [];
  const until = performance.now() + ms;
  while (performance.now() < until) {
    const one = ask();
    expect(await queue.add(one)).toBe('added');
    asks.push(one);
    await setTimeout(200);
  }
  return asks;
}

function ids(jobs: readonly { readonly id: string }[]): string[] {
  return jobs.map(({ id }) => id);
}

interface Server extends RunningRedis {
  readonly port: number;
  readonly admin: Redis;
}

async function single(): Promise<{ readonly proxy: Address; readonly url: string }> {
  const { url, port } = await server();
  const proxy = await openProxy(port);
  return { proxy, url: url.replace(`:${port}`, `:${proxy.port}`) };
}

/** A primary and its replica, which share a password, and an address that leads to the primary. */
async function pair() {
  const first = await server('shared');
  const second = await server('shared');
  await second.admin.replicaof('127.0.0.1', first.port);
  await eventually(async () => expect(await second.admin.info('replication')).toContain('master_link_status:up'));
  const proxy = await openProxy(first.port);
  return { proxy, first, second, url: first.url.replace(`:${first.port}`, `:${proxy.port}`) };
}

/** A Redis of this test's own, with a password of its own or the given one. */
async function server(password?: string): Promise<Server> {
  const running = await startRedis({ dir: await mkdtemp(join(root, 'redis-')) });
  const place = new URL(running.url);
  const port = Number(place.port);
  if (password !== undefined) {
    const setter = connect(running, 'patient', () => {});
    for (const name of ['requirepass', 'masterauth']) await setter.config('SET', name, password);
    setter.disconnect();
    place.password = password;
  }
  const admin = connect({ url: place.href }, 'patient', () => {});
  onTestFinished(async () => {
    admin.disconnect();
    await running.stop();
  });
  return { ...running, url: place.href, port, admin };
}
