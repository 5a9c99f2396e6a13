import { setTimeout } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { ask, emptied, erase, eventually, record } from '../jobs.ts';
import type { OpenQueue } from './open.ts';

/** What a queue does with its jobs, and with a repeated job. */
export function keepsOrder(open: OpenQueue): void {
  test('hands over a job as it was given, once, and keeps nothing of it', async () => {
    await using queue = await open({});
    const given = ask({ deadline: Date.now() + 60_000 });
    const { handled, handler } = record();
    queue.work('ask', 1, handler);
    expect(await queue.add(given)).toBe('added');
    await eventually(() => expect(handled).toEqual([given]));
    await emptied(queue);
    expect(handled).toEqual([given]);
  });

  test('hands a job out only once what it needs is ready, and not at all when that failed', async () => {
    await using queue = await open({});
    const { handled, handler } = record();
    queue.work('ask', 1, handler);
    const ready = Promise.withResolvers<void>();
    const [late, quick] = [ask(), ask()];
    const adding = queue.add(late, ready.promise);
    await queue.add(quick);
    await eventually(() => expect(handled).toEqual([quick]));
    ready.resolve();
    expect(await adding).toBe('added');
    await eventually(() => expect(handled).toEqual([quick, late]));
    const never = ask();
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    await expect(queue.add(never, Promise.reject(new Failure('busy')))).rejects.toMatchObject({ code: 'busy' });
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(await queue.add(never)).toBe('added');
    await eventually(() => expect(handled).toEqual([quick, late, never]));
  });

  test('keeps jobs of a kind until that kind has a handler', async () => {
    await using queue = await open({});
    const asked = ask();
    const erased = erase();
    await queue.add(asked);
    await queue.add(erased);
    expect(await queue.state()).toMatchObject({ waiting: 2, running: 0 });
    const erasures = record();
    queue.work('erase', 1, erasures.handler);
    await eventually(() => expect(erasures.handled).toEqual([erased]));
    await eventually(async () => expect(await queue.state()).toMatchObject({ waiting: 1, running: 0 }));
    const asks = record();
    queue.work('ask', 1, asks.handler);
    await eventually(() => expect(asks.handled).toEqual([asked]));
  });

  test('says how many asks come before one, until its turn came', async () => {
    await using queue = await open({});
    const given = Array.from({ length: 4 }, () => ask());
    const places = () => Promise.all(given.map(({ id }) => queue.ahead(id)));
    expect(await places()).toEqual([undefined, undefined, undefined, undefined]);
    for (const job of given) await queue.add(job);
    await queue.add(erase());
    expect(await places()).toEqual([0, 1, 2, 3]);
    const released = given.map(() => Promise.withResolvers<void>());
    const started: string[] = [];
    queue.work('ask', 1, async ({ id }) => {
      started.push(id);
      await released[given.findIndex((job) => job.id === id)]?.promise;
    });
    await eventually(() => expect(started).toHaveLength(1));
    expect(await places()).toEqual([undefined, 1, 2, 3]);
    released[0]?.resolve();
    await eventually(() => expect(started).toHaveLength(2));
    await eventually(async () => expect(await places()).toEqual([undefined, undefined, 1, 2]));
    for (const { resolve } of released) resolve();
    await eventually(async () => expect(await places()).toEqual([undefined, undefined, undefined, undefined]));
  });

  test('starts asks in the order in which they came', async () => {
    await using queue = await open({});
    const given = Array.from({ length: 8 }, () => ask());
    for (const job of given) await queue.add(job);
    const { handled, handler } = record();
    queue.work('ask', 1, handler);
    await eventually(() => expect(handled).toEqual(given));
  });

  test('runs no more jobs at once than it was told, and that many', async () => {
    await using queue = await open({});
    const gate = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    queue.work('ask', 3, async () => {
      running += 1;
      most = Math.max(most, running);
      await gate.promise;
      running -= 1;
    });
    for (let count = 0; count < 6; count += 1) await queue.add(ask());
    await eventually(async () => expect(await queue.state()).toMatchObject({ waiting: 3, running: 3 }));
    gate.resolve();
    await emptied(queue);
    expect(most).toBe(3);
  });

  test('says how long the next ask has waited, and whether anybody works on asks', async () => {
    await using queue = await open({});
    expect(await queue.state()).toEqual({ waiting: 0, running: 0, oldestMs: 0, workers: 0 });
    const before = performance.now();
    await queue.add(ask());
    await setTimeout(300);
    await queue.add(ask());
    const { oldestMs, workers } = await queue.state();
    expect(oldestMs).toBeGreaterThan(250);
    expect(oldestMs).toBeLessThan(performance.now() - before + 10_000);
    expect(workers).toBe(0);
    queue.work('erase', 1, async () => {});
    queue.work('ask', 1, async () => {});
    await eventually(async () => {
      expect(await queue.state()).toEqual({ waiting: 0, running: 0, oldestMs: 0, workers: 1 });
    });
  });

  test('refuses a second handler for a kind', async () => {
    await using queue = await open({});
    queue.work('ask', 1, async () => {});
    expect(() => queue.work('ask', 1, async () => {})).toThrow();
  });

  describe('a repeated delivery', () => {
    test('is known while the job waits, while it runs, and after it was done', async () => {
      await using queue = await open({});
      const job = ask();
      await queue.add(job);
      expect(await queue.add(job)).toBe('known');
      const gate = Promise.withResolvers<void>();
      const { handled, handler } = record(() => gate.promise);
      queue.work('ask', 1, handler);
      await eventually(() => expect(handled).toHaveLength(1));
      expect(await queue.add(job)).toBe('known');
      gate.resolve();
      await emptied(queue);
      expect(await queue.add(job)).toBe('known');
      await queue.add(ask());
      await eventually(() => expect(handled).toHaveLength(2));
      expect(handled.filter(({ id }) => id === job.id)).toHaveLength(1);
    });

    test('is known when both come at the same moment', async () => {
      await using queue = await open({});
      const job = ask();
      const answers = await Promise.all(Array.from({ length: 5 }, () => queue.add(job)));
      expect(answers.sort()).toEqual(['added', 'known', 'known', 'known', 'known']);
      expect(await queue.state()).toMatchObject({ waiting: 1, running: 0 });
    });

    test('is known even when its owner may not add another', async () => {
      await using queue = await open({ maxWaiting: 2 });
      const [first, second] = [ask({ owner: 'o' }), ask({ owner: 'o' })];
      await queue.add(first);
      await queue.add(second);
      expect(await queue.add(first)).toBe('known');
    });

    test('is known of an ask that failed for good, but an erasure that failed may be asked for again', async () => {
      await using queue = await open({});
      const failing = async () => {
        throw new Failure('no_face');
      };
      const asks = record(failing);
      const erasures = record(failing);
      queue.work('ask', 1, asks.handler);
      queue.work('erase', 1, erasures.handler);
      const [asked, erased] = [ask(), erase()];
      await queue.add(asked);
      await queue.add(erased);
      await eventually(() => expect([asks.handled.length, erasures.handled.length]).toEqual([1, 1]));
      await emptied(queue);
      expect(await queue.add(asked)).toBe('known');
      expect(await queue.add(erased)).toBe('added');
    });
  });
}
