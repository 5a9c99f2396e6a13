import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { ask, erase, eventually, record } from '../jobs.ts';
import type { OpenQueue } from './open.ts';

/** Withdrawing jobs, and closing a queue. */
export function endsInOrder(open: OpenQueue): void {
  describe('dropOwned', () => {
    test('removes what an owner has waiting, and no more', async () => {
      await using queue = await open({});
      const [mine, mineToo] = [ask({ owner: 'me' }), ask({ owner: 'me' })];
      const theirs = ask({ owner: 'them' });
      const erasure = erase({ owner: 'me' });
      for (const job of [mine, mineToo, theirs, erasure]) await queue.add(job);
      expect(await queue.dropOwned('me')).toBe(2);
      expect(await queue.dropOwned('me')).toBe(0);
      expect(await queue.state()).toMatchObject({ waiting: 2, running: 0 });
      const { handled, handler } = record();
      queue.work('ask', 1, handler);
      queue.work('erase', 1, handler);
      await eventually(() => expect(handled.length).toBe(2));
      expect(handled).toEqual(expect.arrayContaining([theirs, erasure]));
    });

    test('removes what waits for its next try', async () => {
      await using queue = await open({ firstDelayMs: 60_000, longestDelayMs: 60_000 });
      const { handled, handler } = record(async () => {
        throw new Failure('unavailable');
      });
      queue.work('ask', 1, handler);
      await queue.add(ask({ owner: 'me' }));
      await eventually(() => expect(handled).toHaveLength(1));
      await eventually(async () => expect(await queue.state()).toMatchObject({ waiting: 1, running: 0 }));
      expect(await queue.dropOwned('me')).toBe(1);
      expect(await queue.state()).toMatchObject({ waiting: 0, running: 0 });
    });

    test('makes a repeated delivery of what it removed do nothing', async () => {
      await using queue = await open({});
      const job = ask({ owner: 'me' });
      await queue.add(job);
      await queue.dropOwned('me');
      expect(await queue.add(job)).toBe('known');
      expect(await queue.state()).toMatchObject({ waiting: 0, running: 0 });
    });

    test('leaves the owner as free to ask as before', async () => {
      await using queue = await open({});
      for (let count = 0; count < 2; count += 1) await queue.add(ask({ owner: 'me' }));
      await queue.dropOwned('me');
      for (let count = 0; count < 2; count += 1) expect(await queue.add(ask({ owner: 'me' }))).toBe('added');
    });

    test('lets the job under way finish', async () => {
      await using queue = await open({});
      const gate = Promise.withResolvers<void>();
      const { handled, finished, handler } = record(() => gate.promise);
      queue.work('ask', 1, handler);
      await queue.add(ask({ owner: 'me' }));
      await eventually(() => expect(handled).toHaveLength(1));
      expect(await queue.dropOwned('me')).toBe(0);
      gate.resolve();
      await eventually(() => expect(finished).toHaveLength(1));
    });
  });

  describe('closing', () => {
    test('waits for the jobs under way and starts no other', async () => {
      const queue = await open({});
      const gate = Promise.withResolvers<void>();
      const { handled, finished, handler } = record(() => gate.promise);
      queue.work('ask', 1, handler);
      await queue.add(ask());
      await queue.add(ask());
      await eventually(() => expect(handled).toHaveLength(1));
      const closed = queue[Symbol.asyncDispose]();
      gate.resolve();
      await closed;
      expect(finished).toHaveLength(1);
      expect(handled).toHaveLength(1);
    });

    test('tells a job that does not end in time to stop, and does not wait for it', async () => {
      const queue = await open({ graceMs: 100 });
      const started = Promise.withResolvers<AbortSignal>();
      queue.work('ask', 1, (_job, { signal }) => {
        started.resolve(signal);
        return new Promise(() => {});
      });
      await queue.add(ask());
      const signal = await started.promise;
      await queue[Symbol.asyncDispose]();
      expect(signal.aborted).toBe(true);
    });

    test('can be done twice, and nothing is accepted afterwards', async () => {
      const queue = await open({});
      await queue.check();
      await queue[Symbol.asyncDispose]();
      await queue[Symbol.asyncDispose]();
      await expect(queue.add(ask())).rejects.toMatchObject({ code: 'unavailable' });
      await expect(queue.check()).rejects.toMatchObject({ code: 'unavailable' });
    });
  });
}
