import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { type BullmqQueueOptions, bullmqQueue } from '../../src/queue/bullmq.ts';
import type { Job } from '../../src/queue/queue.ts';
import { connect } from '../../src/queue/redis/connection.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { nativeRedisWorks } from '../support/shared-services.ts';
import { ask, emptied, erase, eventually, record } from './jobs.ts';
import { ownRedis } from './own-redis.ts';
import { item } from './pending-contract.ts';

const closing: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe.skipIf(!(await nativeRedisWorks()))('faults', () => {
  describe('a worker that is killed', () => {
    test('loses its job to another one, which finishes it', async () => {
      const { url } = await ownRedis();
      await using queue = bullmqQueue({ url });
      const doomed = await startWorker({ url, hold: true });
      const job = ask();
      await queue.add(job);
      await eventually(() => expect(doomed.started).toEqual([job.id]));
      doomed.child.kill('SIGKILL');
      const heir = await startWorker({ url });
      await eventually(() => expect(heir.finished).toEqual([job.id]));
      await emptied(queue);
      expect(await queue.add(job)).toBe('known');
    });

    test('does not cost an erasure, however often it happens', async () => {
      const { url } = await ownRedis();
      await using queue = bullmqQueue({ url });
      const job = erase();
      await queue.add(job);
      for (let round = 0; round < 2; round += 1) {
        const doomed = await startWorker({ url, hold: true });
        await eventually(() => expect(doomed.started).toEqual([job.id]));
        doomed.child.kill('SIGKILL');
      }
      const heir = await startWorker({ url });
      await eventually(() => expect(heir.finished).toEqual([job.id]));
      await emptied(queue);
    });

    test('by an ask, one after the other, is the last that this ask is given, and that is told', async () => {
      const { url } = await ownRedis();
      await using queue = bullmqQueue({ url, attempts: 1 });
      const job = ask();
      await queue.add(job);
      for (let round = 0; round < 2; round += 1) {
        const doomed = await startWorker({ url, hold: true, attempts: 1 });
        await eventually(() => expect(doomed.started).toEqual([job.id]));
        doomed.child.kill('SIGKILL');
      }
      const heir = await startWorker({ url, attempts: 1 });
      await eventually(() => expect(heir.lost).toEqual(['crashed']));
      await emptied(queue);
      expect(heir.started).toEqual([]);
      expect(await queue.add(job)).toBe('known');
    });

    test('frees the room of the jobs that it had', async () => {
      const { url } = await ownRedis();
      await using queue = bullmqQueue({ url });
      const doomed = await startWorker({ url, hold: true, concurrency: 2 });
      for (let count = 0; count < 2; count += 1) await queue.add(ask({ owner: 'o' }));
      await eventually(() => expect(doomed.started).toHaveLength(2));
      doomed.child.kill('SIGKILL');
      for (let count = 0; count < 2; count += 1) {
        await eventually(async () => expect(await queue.add(ask({ owner: 'o' }))).toBe('added'));
      }
      await expect(queue.add(ask({ owner: 'o' }))).rejects.toMatchObject({ code: 'rate_limited' });
      const heir = await startWorker({ url });
      await eventually(() => expect(heir.finished).toHaveLength(4));
      await emptied(queue);
    });
  });

  test('a worker that is only slow keeps its job', async () => {
    const { url } = await ownRedis();
    await using queue = bullmqQueue({ url });
    const slow = await startWorker({ url, hold: true });
    const job = ask();
    await queue.add(job);
    await eventually(() => expect(slow.started).toEqual([job.id]));
    const idle = await startWorker({ url });
    const reader = connect({ url: url }, 'patient', () => {});
    closing.push(() => reader.disconnect());
    const checks = new Set<string | null>();
    await eventually(async () => {
      checks.add(await reader.get('{facefinder}:ask:stalled-check'));
      expect(checks.size).toBeGreaterThan(6);
    });
    slow.child.send('go');
    await emptied(queue);
    expect([slow.finished, idle.started]).toEqual([[job.id], []]);
  });

  test('two workers with the same stalled job: both may finish it, it is done once, and both go on', async () => {
    const { url } = await ownRedis();
    await using queue = bullmqQueue({ url });
    const frozen = await startWorker({ url, hold: true });
    const job = ask();
    await queue.add(job);
    await eventually(() => expect(frozen.started).toEqual([job.id]));
    frozen.child.kill('SIGSTOP');
    const other = await startWorker({ url, hold: true });
    await eventually(() => expect(other.started).toEqual([job.id]));
    frozen.child.kill('SIGCONT');
    for (const { child } of [frozen, other]) child.send('go');
    await eventually(() => expect([frozen.finished, other.finished]).toEqual([[job.id], [job.id]]));
    await emptied(queue);
    expect(await queue.add(job)).toBe('known');
    const further = Array.from({ length: 6 }, () => ask());
    for (const next of further) await queue.add(next);
    await eventually(() => expect(unfinished(further, frozen, other)).toBe(0));
    await emptied(queue);
  });

  describe('a Redis that is killed', () => {
    test('refuses while it is away, loses nothing that it had accepted, and needs no hand to go on', async () => {
      const redis = await ownRedis();
      await using queue = bullmqQueue({ url: redis.url, maxWaiting: 10_000 });
      const worker = await startWorker({ url: redis.url, concurrency: 4 });
      const accepted: Job[] = [];
      let refused = 0;
      let adding = true;
      const load = (async () => {
        while (adding) {
          const job = ask();
          await queue.add(job).then(
            () => accepted.push(job),
            (failure) => {
              expect(failure).toMatchObject({ code: 'unavailable' });
              refused += 1;
            },
          );
        }
      })();
      await eventually(() => expect(worker.finished.length).toBeGreaterThan(50));
      await redis.kill();
      await eventually(() => expect(refused).toBeGreaterThan(0));
      await expect(queue.check()).rejects.toMatchObject({ code: 'unavailable' });
      const before = accepted.length;
      await redis.restart();
      await eventually(() => expect(accepted.length).toBeGreaterThan(before + 50));
      adding = false;
      await load;
      await eventually(() => expect(unfinished(accepted, worker)).toBe(0));
      await emptied(queue);
      await queue.check();
    });

    test('keeps what was pending', async () => {
      const redis = await ownRedis();
      await using pending = redisPending({ url: redis.url });
      const put = item();
      await pending.put('erasure', put);
      await redis.kill();
      await expect(pending.put('parked', item())).rejects.toMatchObject({ code: 'unavailable' });
      await expect(pending.list('erasure')).rejects.toMatchObject({ code: 'unavailable' });
      await redis.restart();
      await eventually(async () => expect(await pending.list('erasure')).toEqual([put]));
    });

    test('that was not there at the start is waited for', async () => {
      const redis = await ownRedis();
      await redis.stop();
      const told: unknown[] = [];
      await using queue = bullmqQueue({ url: redis.url, onError: (cause) => told.push(cause) });
      const { handled, handler } = record();
      queue.work('ask', 1, handler);
      await expect(queue.add(ask())).rejects.toMatchObject({ code: 'unavailable' });
      await redis.restart();
      const job = ask();
      await eventually(async () => expect(['added', 'known']).toContain(await queue.add(job)));
      await eventually(() => expect(handled).toContainEqual(job));
      // Each of its two connections says so once, however often it tries.
      expect(told.length).toBeLessThanOrEqual(2);
    });

    test('does not keep a process from ending', async () => {
      const redis = await ownRedis();
      const worker = await startWorker({ url: redis.url, hold: true, graceMs: 500 });
      await using queue = bullmqQueue({ url: redis.url });
      await queue.add(ask());
      await eventually(() => expect(worker.started).toHaveLength(1));
      await redis.kill();
      worker.child.kill('SIGTERM');
      const [code] = await once(worker.child, 'exit');
      expect(code).toBe(0);
    });
  });

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
    // What must be erased is taken in all the same.
    await pending.put('erasure', item());
    expect(await queue.add(last)).toBe('added');
    // What is there already may change: a placeholder says who answers it.
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

  test('what a full Redis refuses is told, now and then, without what was sent to it', async () => {
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

  describe('SIGTERM', () => {
    test('under load: what is under way finishes, the rest stays for others, and the process ends', async () => {
      const { url } = await ownRedis();
      await using queue = bullmqQueue({ url });
      const jobs = Array.from({ length: 40 }, () => ask());
      for (const job of jobs) await queue.add(job);
      const leaving = await startWorker({ url, hold: true, concurrency: 4 });
      await eventually(() => expect(leaving.started).toHaveLength(4));
      leaving.child.kill('SIGTERM');
      leaving.child.send('go');
      const [code] = await once(leaving.child, 'exit');
      expect(code).toBe(0);
      expect(leaving.finished.length).toBeGreaterThanOrEqual(4);
      const staying = await startWorker({ url });
      await eventually(() => expect(unfinished(jobs, leaving, staying)).toBe(0));
      await emptied(queue);
      expect(leaving.finished.filter((id) => staying.finished.includes(id))).toEqual([]);
    });

    test('a job that does not end in time goes back to the queue at once', async () => {
      const { url } = await ownRedis();
      await using queue = bullmqQueue({ url });
      const leaving = await startWorker({ url, hold: true, graceMs: 200 });
      const job = ask();
      await queue.add(job);
      await eventually(() => expect(leaving.started).toEqual([job.id]));
      leaving.child.kill('SIGTERM');
      await eventually(async () => expect(await queue.state()).toMatchObject({ waiting: 1, running: 0 }));
      const staying = await startWorker({ url });
      await eventually(() => expect(staying.finished).toEqual([job.id]));
      await emptied(queue);
    });
  });
});

/** Commands that this Redis has been asked to do since it started. */
async function commandsOf(redis: Redis): Promise<number> {
  return Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1]);
}

interface WorkerProcess {
  readonly child: ChildProcess;
  readonly started: string[];
  readonly finished: string[];
  /** Why jobs ended undone. */
  readonly lost: string[];
}

async function startWorker(
  options: BullmqQueueOptions & { readonly concurrency?: number; readonly hold?: boolean },
): Promise<WorkerProcess> {
  const script = new URL('worker-process.ts', import.meta.url);
  const child = fork(script, [JSON.stringify({ concurrency: 1, hold: false, lockMs: 1_000, ...options })], {
    execArgv: [],
  });
  closing.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const started: string[] = [];
  const finished: string[] = [];
  const lost: string[] = [];
  child.on('message', (message: { started?: string; finished?: string; lost?: string }) => {
    if (message.started) started.push(message.started);
    if (message.finished) finished.push(message.finished);
    if (message.lost) lost.push(message.lost);
  });
  await once(child, 'message');
  return { child, started, finished, lost };
}

/** How many of the jobs none of the workers finished. */
function unfinished(jobs: readonly Job[], ...workers: readonly WorkerProcess[]): number {
  const finished = new Set(workers.flatMap((worker) => worker.finished));
  return jobs.filter(({ id }) => !finished.has(id)).length;
}
