import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import type { Queue } from '../../../src/queue/queue.ts';
import { ask, emptied, erase, eventually, record } from '../jobs.ts';
import { type OpenQueue, QUICK } from './open.ts';

/** What a queue accepts from whom, and when it is full. */
export function keepsLimits(open: OpenQueue): void {
  describe('limits', () => {
    test('an owner with two waiting asks is refused, others are not', async () => {
      await using queue = await open({});
      await queue.add(ask({ owner: 'greedy' }));
      await queue.add(ask({ owner: 'greedy' }));
      await expect(queue.add(ask({ owner: 'greedy' }))).rejects.toMatchObject({ code: 'rate_limited' });
      expect(await queue.add(ask({ owner: 'other' }))).toBe('added');
      expect(await queue.state()).toMatchObject({ waiting: 3, running: 0 });
    });

    test('accepts two of many asks that one owner sends at the same moment', async () => {
      await using queue = await open({});
      const adds = Array.from({ length: 8 }, () => queue.add(ask({ owner: 'greedy' })));
      const settled = await Promise.allSettled(adds);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
      expect(await queue.state()).toMatchObject({ waiting: 2, running: 0 });
    });

    test('asks under way count for their owner, until one is done', async () => {
      await using queue = await open({});
      const ends = new Map<string, () => void>();
      const { handled, handler } = record(({ id }) => new Promise((end) => void ends.set(id, end)));
      queue.work('ask', 4, handler);
      const mine = ask({ owner: 'greedy' });
      await queue.add(mine);
      await queue.add(ask({ owner: 'greedy' }));
      await eventually(() => expect(handled).toHaveLength(2));
      await expect(queue.add(ask({ owner: 'greedy' }))).rejects.toMatchObject({ code: 'rate_limited' });
      expect(await queue.add(ask({ owner: 'other' }))).toBe('added');
      ends.get(mine.id)?.();
      await eventually(async () => expect(await queue.add(ask({ owner: 'greedy' }))).toBe('added'));
      await eventually(() => expect(handled).toHaveLength(4));
      for (const end of ends.values()) end();
      await emptied(queue);
    });

    test('asks that wait and asks under way count together', async () => {
      await using queue = await open({});
      const gate = Promise.withResolvers<void>();
      const { handled, handler } = record(() => gate.promise);
      queue.work('ask', 1, handler);
      await queue.add(ask({ owner: 'o' }));
      await eventually(() => expect(handled).toHaveLength(1));
      expect(await queue.add(ask({ owner: 'o' }))).toBe('added');
      await expect(queue.add(ask({ owner: 'o' }))).rejects.toMatchObject({ code: 'rate_limited' });
      gate.resolve();
    });

    test('an ask that sleeps between two tries does not count for its owner', async () => {
      await using queue = await open({ firstDelayMs: 60_000, longestDelayMs: 60_000 });
      const { handled, handler } = record(async () => {
        throw new Failure('unavailable');
      });
      queue.work('ask', 2, handler);
      for (let count = 0; count < 2; count += 1) await queue.add(ask({ owner: 'o' }));
      await eventually(() => expect(handled).toHaveLength(2));
      await eventually(async () => expect(await queue.state()).toMatchObject({ waiting: 2, running: 0 }));
      expect(await queue.add(ask({ owner: 'o' }))).toBe('added');
    });

    test('an ask on its second try counts again', async () => {
      await using queue = await open(QUICK);
      const gate = Promise.withResolvers<void>();
      let tries = 0;
      queue.work('ask', 2, async () => {
        tries += 1;
        if (tries <= 2) throw new Failure('unavailable');
        await gate.promise;
      });
      for (let count = 0; count < 2; count += 1) await queue.add(ask({ owner: 'o' }));
      await eventually(() => expect(tries).toBe(4));
      await expect(queue.add(ask({ owner: 'o' }))).rejects.toMatchObject({ code: 'rate_limited' });
      gate.resolve();
      await emptied(queue);
    });

    test('a full queue is busy for asks, never for erasures', async () => {
      await using queue = await open({ maxWaiting: 3 });
      for (let count = 0; count < 3; count += 1) await queue.add(ask());
      await expect(queue.add(ask())).rejects.toMatchObject({ code: 'busy' });
      expect(await queue.add(erase({ owner: 'o' }))).toBe('added');
      expect(await queue.add(erase({ owner: 'o' }))).toBe('added');
      expect(await queue.add(erase({ owner: 'o' }))).toBe('added');
    });

    test('a crew that is fast may have more waiting than that', async () => {
      await using queue = await open({ maxWaiting: 14 });
      const { ends } = await warmedUp(queue, 0);
      for (let count = 0; count < 20; count += 1) expect(await queue.add(ask())).toBe('added');
      ends.resolve();
      await emptied(queue);
    });

    test('a crew that is slow has no more waiting than it can do in time', async () => {
      await using queue = await open({ longestWaitMs: 1_000 });
      const { ends } = await warmedUp(queue, 100);
      let accepted = 0;
      const filling = async () => {
        for (; accepted < 150; accepted += 1) await queue.add(ask());
      };
      await expect(filling()).rejects.toMatchObject({ code: 'busy' });
      expect(accepted).toBeGreaterThan(2);
      expect(accepted).toBeLessThan(15);
      expect(await queue.add(erase())).toBe('added');
      ends.resolve();
    });

    test('is busy while the next ask has waited too long already', async () => {
      await using queue = await open({ longestWaitMs: 200 });
      await queue.add(ask());
      expect(await queue.add(ask())).toBe('added');
      await setTimeout(300);
      await expect(queue.add(ask())).rejects.toMatchObject({ code: 'busy' });
      queue.work('ask', 1, async () => {});
      await emptied(queue);
      expect(await queue.add(ask())).toBe('added');
    });

    test('a refused ask leaves no trace: it is accepted once there is room', async () => {
      await using queue = await open({ maxWaiting: 1 });
      await queue.add(ask());
      const refused = ask();
      await expect(queue.add(refused)).rejects.toMatchObject({ code: 'busy' });
      const { handled, handler } = record();
      queue.work('ask', 1, handler);
      await emptied(queue);
      expect(await queue.add(refused)).toBe('added');
      await eventually(() => expect(handled).toContainEqual(refused));
    });
  });
}

/**
 * Runs 14 asks one after the other, `ms` each, so that the queue knows its pace. Any further ask
 * runs until `ends` is resolved.
 */
async function warmedUp(queue: Queue, ms: number) {
  const ends = Promise.withResolvers<void>();
  let done = 0;
  for (let count = 0; count < 14; count += 1) await queue.add(ask());
  queue.work('ask', 1, async () => {
    if (done === 14) await ends.promise;
    await setTimeout(ms);
    done += 1;
  });
  await emptied(queue);
  await queue.add(ask());
  return { ends };
}
