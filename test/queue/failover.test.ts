import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../infra/services/port.ts';
import { bullmqQueue } from '../../src/queue/bullmq.ts';
import type { Pending } from '../../src/queue/pending.ts';
import { connect } from '../../src/queue/redis/connection.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { timedWork } from '../support/patience.ts';
import { nativeRedisWorks } from '../support/shared-services.ts';
import { ask, eventually, record } from './jobs.ts';
import { ownRedis } from './own-redis.ts';
import { item } from './pending-contract.ts';
import { type Address, openProxy } from './proxy.ts';

const SERVER = 'redis-server';
const PASSWORD = 'of-both';
/** The longest pause after a failover or a lost connection, on a machine that does nothing else. */
const RECOVERY_MS = 15_000;

describe.skipIf(!(await nativeRedisWorks()))('one address, and', () => {
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

  test('another Redis becomes the primary: its shelves are seen at once, also over earlier connections', async () => {
    const { proxy, url, first, second } = await pair();
    await using _proxy = proxy;
    await using stack = new AsyncDisposableStack();
    const kept = item();
    // Each of these calls is made by another worker. The worker is connected before the failover,
    // and the call is its first request after that.
    const asked = [
      [(worker: Pending) => worker.read('placeholder', kept.id), kept],
      [(worker: Pending) => worker.list('placeholder'), [kept]],
      [(worker: Pending) => worker.add('placeholder', kept), false],
      [(worker: Pending) => worker.replace('placeholder', kept, kept), true],
      [(worker: Pending) => worker.take('placeholder', kept.id, 'another'), 'not_yours'],
      [(worker: Pending) => worker.dropOwned(kept.owner), 1],
    ] as const;
    const workers = asked.map(() => stack.use(redisPending({ url })));
    for (const worker of workers) await worker.check();
    await second.admin.replicaof('NO', 'ONE');
    // The first server now follows a primary that does not exist, so later changes never reach it.
    await first.admin.replicaof('127.0.0.1', await freePort());
    proxy.lead(second.port);
    await using bot = redisPending({ url });
    await bot.add('placeholder', kept);
    for (const [i, [ask, expected]] of asked.entries()) {
      const worker = workers[i];
      expect(worker && (await ask(worker)), String(ask)).toEqual(expected);
    }
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
    const { ms, slowness } = await timedWork(async () => {
      await bot.add(ask());
      await eventually(() => expect(handled).toHaveLength(1));
    });
    expect(ms / slowness).toBeLessThan(RECOVERY_MS / 3);
  });

  test('Sentinels make another Redis the primary when the first dies: asks that it has are done, and new ones are accepted', async () => {
    const { first } = await replicated();
    const url = await sentinel(first.port);
    await using crew = bullmqQueue({ url, lockMs: 1_000, onError: () => {} });
    await using bot = bullmqQueue({ url, onError: () => {} });
    const { handled, handler } = record();
    const before = ask();
    expect(await bot.add(before)).toBe('added');
    crew.work('ask', 4, handler);
    await eventually(() => expect(handled).toHaveLength(1));
    const waiting = ask({ owner: 'waits' });
    expect(await bot.add(waiting)).toBe('added');
    await untilCopied(first);
    await first.kill();
    const after = ask();
    const { ms, slowness } = await timedWork(async () => {
      await eventually(async () => expect(['added', 'known']).toContain(await bot.add(after)));
      await eventually(() => expect(ids(handled)).toContain(after.id));
    });
    expect(ms / slowness).toBeLessThan(RECOVERY_MS);
    await eventually(() => expect(ids(handled)).toContain(waiting.id));
    await bot.check();
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

/** Adds an ask now and then for `ms`. Each must be accepted. */
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

async function single(): Promise<{ readonly proxy: Address; readonly url: string }> {
  const { url, port } = await ownRedis();
  const proxy = await openProxy(port);
  return { proxy, url: url.replace(`:${port}`, `:${proxy.port}`) };
}

/**
 * Waits until the replica has all that was written. A primary accepts a write before its replica
 * has it, so an ask may be lost with the primary.
 */
async function untilCopied({ admin }: Awaited<ReturnType<typeof ownRedis>>): Promise<void> {
  await eventually(async () => {
    // WAIT concerns the writes of its own connection. A replica gets all writes in their order.
    await admin.set('last', '');
    expect(await admin.wait(1, 1_000)).toBe(1);
  });
}

/** A primary and its replica with a common password, and an address that leads to the primary. */
async function pair() {
  const { first, second } = await replicated();
  const proxy = await openProxy(first.port);
  return { proxy, first, second, url: `redis://default:${PASSWORD}@127.0.0.1:${proxy.port}` };
}

async function replicated() {
  const first = await ownRedis();
  const second = await ownRedis();
  for (const { admin } of [first, second]) {
    for (const name of ['masterauth', 'requirepass']) await admin.config('SET', name, PASSWORD);
  }
  await second.admin.replicaof('127.0.0.1', first.port);
  await eventually(async () => expect(await second.admin.info('replication')).toContain('master_link_status:up'));
  return { first, second };
}

/**
 * Starts a Sentinel for the primary on `port`. A second after the primary dies, it makes the
 * replica the primary.
 */
async function sentinel(port: number): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sentinel-'));
  const own = await freePort();
  const config = join(dir, 'sentinel.conf');
  const lines = [
    `port ${own}`,
    'bind 127.0.0.1',
    `dir ${dir}`,
    `sentinel monitor faces 127.0.0.1 ${port} 1`,
    `sentinel auth-pass faces ${PASSWORD}`,
    'sentinel down-after-milliseconds faces 1000',
    'sentinel failover-timeout faces 5000',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const child = spawn(SERVER, [config, '--sentinel'], { stdio: 'ignore' });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await rm(dir, { recursive: true, force: true });
  });
  const asked = connect({ url: `redis://127.0.0.1:${own}` }, 'patient', () => {});
  await eventually(async () => {
    const replicas = await asked.call('SENTINEL', 'REPLICAS', 'faces');
    expect(replicas).toHaveLength(1);
  });
  asked.disconnect();
  return `redis+sentinel://default:${PASSWORD}@127.0.0.1:${own},127.0.0.1:${await freePort()}/faces`;
}
