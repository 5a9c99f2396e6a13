import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { ask, emptied, erase, eventually, record } from '../jobs.ts';
import { type OpenQueue, QUICK } from './open.ts';

/** Failed jobs, and jobs that end undone. */
export function repeatsFailures(open: OpenQueue): void {
  describe('failures', () => {
    test('a failure that may pass is repeated until it passes', async () => {
      await using queue = await open(QUICK);
      let tries = 0;
      const { handled, handler } = record(async () => {
        tries += 1;
        if (tries < 3) throw new Failure('unavailable');
      });
      queue.work('ask', 1, handler);
      const job = ask();
      await queue.add(job);
      await eventually(() => expect(handled).toEqual([job, job, job]));
      await emptied(queue);
      expect(await queue.add(job)).toBe('known');
      expect(handled).toHaveLength(3);
    });

    test('an ask is told which try is the last, and that one is', async () => {
      await using queue = await open({ ...QUICK, attempts: 3 });
      const lastTries: boolean[] = [];
      queue.work('ask', 1, async (_job, { lastTry }) => {
        lastTries.push(lastTry);
        throw new Failure('unavailable');
      });
      await queue.add(ask());
      await eventually(() => expect(lastTries).toHaveLength(3));
      await emptied(queue);
      expect(lastTries).toEqual([false, false, true]);
    });

    test('the first try is the last when the next would come after the deadline', async () => {
      await using queue = await open({ firstDelayMs: 60_000, longestDelayMs: 60_000 });
      const lastTries: boolean[] = [];
      queue.work('ask', 1, async (_job, { lastTry }) => {
        lastTries.push(lastTry);
        throw new Failure('unavailable');
      });
      await queue.add(ask({ deadline: Date.now() + 30_000 }));
      await eventually(() => expect(lastTries).toEqual([true]));
      await emptied(queue);
    });

    test('an erasure is repeated beyond every bound, and is never told that it ends', async () => {
      await using queue = await open({ ...QUICK, attempts: 2 });
      const lastTries: boolean[] = [];
      queue.work('erase', 1, async (_job, { lastTry }) => {
        lastTries.push(lastTry);
        if (lastTries.length < 6) throw new Failure('unavailable');
      });
      await queue.add(erase());
      await eventually(() => expect(lastTries).toEqual(Array(6).fill(false)));
      await emptied(queue);
    });

    test('between two tries others have their turn', async () => {
      await using queue = await open({ firstDelayMs: 300, longestDelayMs: 300 });
      const [broken, whole] = [ask(), ask()];
      const { handled, handler } = record(async (job) => {
        if (job.id === broken.id && handled.length === 1) throw new Failure('busy');
      });
      queue.work('ask', 1, handler);
      await queue.add(broken);
      await queue.add(whole);
      await eventually(() => expect(handled).toEqual([broken, whole, broken]));
    });

    test.each(['no_face', 'expired', 'internal'] as const)('%s is not repeated', async (code) => {
      await using queue = await open(QUICK);
      const { handled, handler } = record(async () => {
        throw new Failure(code);
      });
      queue.work('ask', 1, handler);
      await queue.add(ask());
      await eventually(() => expect(handled).toHaveLength(1));
      await emptied(queue);
      expect(handled).toHaveLength(1);
    });

    test('a bug ends its job, is reported, and leaves the others alone', async () => {
      const reported: unknown[] = [];
      await using queue = await open(QUICK, { onError: (cause) => reported.push(cause) });
      const bug = new TypeError('a bug');
      const { handled, handler } = record(async () => {
        if (handled.length === 1) throw bug;
      });
      queue.work('ask', 1, handler);
      await queue.add(ask());
      await queue.add(ask());
      await eventually(() => expect(handled).toHaveLength(2));
      await emptied(queue);
      expect(handled).toHaveLength(2);
      expect(reported).toContain(bug);
    });
  });

  describe('a job that ends undone is told, once, with the reason', () => {
    test.each(['ask', 'erase'] as const)('%s: a failure that no further try mends', async (kind) => {
      const losses: unknown[] = [];
      await using queue = await open({ ...QUICK, attempts: 2 }, { onLoss: (...loss) => losses.push(loss) });
      queue.work(kind, 1, async () => {
        throw new Failure(kind === 'ask' ? 'unavailable' : 'internal');
      });
      await queue.add(kind === 'ask' ? ask() : erase());
      await eventually(() => expect(losses).toEqual([['failed', kind]]));
      await emptied(queue);
      expect(losses).toHaveLength(1);
    });

    test('an ask past its deadline', async () => {
      const losses: unknown[] = [];
      await using queue = await open({}, { onLoss: (...loss) => losses.push(loss) });
      await queue.add(ask({ deadline: Date.now() - 1 }));
      queue.work('ask', 1, async () => {});
      await eventually(() => expect(losses).toEqual([['overdue', 'ask']]));
      await emptied(queue);
      expect(losses).toHaveLength(1);
    });

    test('withdrawn by its owner', async () => {
      const losses: unknown[] = [];
      await using queue = await open({}, { onLoss: (...loss) => losses.push(loss) });
      for (const owner of ['me', 'me', 'them']) await queue.add(ask({ owner }));
      await queue.dropOwned('me');
      expect(losses).toEqual(Array(2).fill(['withdrawn', 'ask']));
    });

    test('and a job that was done is not', async () => {
      const losses: unknown[] = [];
      await using queue = await open({}, { onLoss: (...loss) => losses.push(loss) });
      queue.work('ask', 1, async () => {});
      await queue.add(ask());
      await emptied(queue);
      expect(losses).toEqual([]);
    });
  });

  describe('deadlines', () => {
    test('an ask past its deadline is dropped unseen', async () => {
      await using queue = await open({});
      const late = ask({ deadline: Date.now() - 1 });
      const next = ask();
      await queue.add(late);
      await queue.add(next);
      const { handled, handler } = record();
      queue.work('ask', 1, handler);
      await eventually(() => expect(handled).toEqual([next]));
      await emptied(queue);
    });

    test('an ask whose deadline comes while it runs is told to stop', async () => {
      await using queue = await open({});
      const aborted = Promise.withResolvers<void>();
      queue.work('ask', 1, (_job, { signal }) => {
        signal.addEventListener('abort', () => aborted.resolve());
        return aborted.promise;
      });
      await queue.add(ask({ deadline: Date.now() + 200 }));
      await aborted.promise;
    });
  });
}
