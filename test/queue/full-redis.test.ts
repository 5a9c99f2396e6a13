import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { bullmqQueue } from '../../src/queue/bullmq.ts';
import type { Job } from '../../src/queue/queue.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { nativeRedisWorks } from '../support/shared-services.ts';
import { ask, emptied, erase, eventually, record } from './jobs.ts';
import { ownRedis } from './own-redis.ts';
import { item } from './pending-contract.ts';
import { startWorker, unfinished } from './workers.ts';

describe.skipIf(!(await nativeRedisWorks()))('a Redis without room', () => {
  test('a full Redis: adding is refused as busy, what waits is still worked off, and then adding works again', async () => {
    const redis = await ownRedis({ maxmemory: '6mb' });
    await using queue = bullmqQueue({ url: redis.url, maxWaiting: 100_000 });
    await using pending = redisPending({ url: redis.url });
    const parked = item();
    await pending.put('parked', parked);
    const last = erase({ body: 'x'.repeat(10_000) });
    const accepted: Job[] = [last];
    const filling = async () => {
      for (;;) {
        const job = ask({ body: 'x'.repeat(10_000) });
        await queue.add(job);
        accepted.push(job);
      }
    };
    await expect(filling()).rejects.toMatchObject({ code: 'busy' });
    await expect(pending.put('parked', item({ body: 'x'.repeat(10_000) }))).rejects.toMatchObject({ code: 'busy' });
    await expect(queue.check()).rejects.toMatchObject({ code: 'unavailable' });
    // A full Redis still takes erasures.
    await pending.put('erasure', item());
    expect(await queue.add(last)).toBe('added');
    // Existing items may change: a placeholder notes who answers it.
    const changed = { ...parked, body: 'changed' };
    expect(await pending.replace('parked', changed, parked)).toBe(true);
    expect(await pending.take('parked', parked.id, parked.owner)).toEqual(changed);
    const worker = await startWorker({ url: redis.url, concurrency: 4 });
    await eventually(() => expect(unfinished(accepted, worker)).toBe(0));
    await emptied(queue);
    await queue.check();
    expect(await queue.add(ask())).toBe('added');
    const [, first] = accepted;
    expect(first && (await queue.add(first))).toBe('known');
  });

  test('a Redis that somebody else filled to the brim: all is refused, and goes on by itself once there is room', async () => {
    const redis = await ownRedis({ maxmemory: '6mb' });
    await using queue = bullmqQueue({ url: redis.url });
    const accepted = [ask(), erase(), ask()];
    for (const job of accepted) await queue.add(job);
    const { admin: stranger } = redis;
    let blocks = 0;
    const filling = async () => {
      for (;;) {
        await stranger.set(`block-${blocks}`, 'x'.repeat(10_000));
        blocks += 1;
      }
    };
    await expect(filling()).rejects.toThrow('OOM');
    const worker = await startWorker({ url: redis.url });
    await expect(queue.add(ask())).rejects.toMatchObject({ code: 'busy' });
    await expect(queue.check()).rejects.toMatchObject({ code: 'unavailable' });
    for (let block = 0; block < blocks; block += 1) await stranger.del(`block-${block}`);
    await eventually(() => expect(unfinished(accepted, worker)).toBe(0));
    await emptied(queue);
    expect(await queue.add(ask())).toBe('added');
  });

  test.each(['nearly', 'to the brim'])(
    'a Redis that is full %s notes what was answered, and takes in nothing more',
    async (how) => {
      const redis = await ownRedis();
      await using pending = redisPending({ url: redis.url });
      const open = item({ body: 'sealed' });
      await pending.put('placeholder', open);
      const { admin } = redis;
      const [, used] = /used_memory:(\d+)/.exec(await admin.info('memory')) ?? [];
      await admin.config('SET', 'maxmemory', how === 'nearly' ? Math.round(Number(used) * 1.1) : 1);
      await expect(pending.put('placeholder', item())).rejects.toMatchObject({ code: 'busy' });
      await expect(pending.put('placeholder', { ...open, body: 'sealed twice' })).rejects.toMatchObject({
        code: 'busy',
      });
      expect(await pending.read('placeholder', open.id)).toEqual(open);
      await pending.put('placeholder', { ...open, owner: '', body: '' });
      expect(await pending.list('placeholder')).toEqual([{ ...open, owner: '', body: '' }]);
    },
  );

  test('refusals of a full Redis are logged now and then, without the data that were sent', async () => {
    const redis = await ownRedis();
    const told: unknown[] = [];
    await using queue = bullmqQueue({ url: redis.url, onError: (cause) => told.push(cause) });
    const waiting = [ask(), ask(), erase()];
    for (const job of waiting) await queue.add(job);
    const { admin } = redis;
    await admin.config('SET', 'maxmemory', '1');
    const { handled, handler } = record();
    queue.work('ask', 2, handler);
    queue.work('erase', 1, handler);
    await eventually(() => expect(told.length).toBeGreaterThan(4));
    const commands = await commandsOf(admin);
    const toldBefore = told.length;
    await setTimeout(1_000);
    expect(told.length - toldBefore).toBeLessThan(20);
    expect((await commandsOf(admin)) - commands).toBeLessThan(200);
    await admin.config('SET', 'maxmemory', '0');
    await eventually(() => expect(new Set(handled.map(({ id }) => id))).toEqual(new Set(waiting.map(({ id }) => id))));
    await emptied(queue);
    const words = inspect(told, { depth: 10 });
    for (const { id, body, owner } of waiting) for (const part of [id, body, owner]) expect(words).not.toContain(part);
    expect(words).not.toMatch(/args|\{facefinder\}/);
    expect(words).toContain('OOM');
  });
});

/** Commands that this Redis has received since its start. */
async function commandsOf(redis: Redis): Promise<number> {
  return Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1]);
}
