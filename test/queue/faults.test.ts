import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bullmqQueue } from '../../src/queue/bullmq.ts';
import type { Job } from '../../src/queue/queue.ts';
import { connect } from '../../src/queue/redis/connection.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { nativeRedisWorks } from '../support/shared-services.ts';
import { ask, emptied, erase, eventually, record } from './jobs.ts';
import { ownRedis } from './own-redis.ts';
import { item } from './pending-contract.ts';
import { startWorker, unfinished } from './workers.ts';

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
    onTestFinished(() => reader.disconnect());
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
      // Each of the queue's two connections tells of its loss once, however often it tries again.
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

  describe('SIGTERM', () => {
    test('under load: running jobs finish, the others stay for other workers, and the process ends', async () => {
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
