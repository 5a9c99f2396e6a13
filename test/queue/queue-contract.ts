import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { Failure } from '../../src/failure.ts';
import type { Job, Queue, QueueListener } from '../../src/queue/queue.ts';
import type { QueueRules } from '../../src/queue/rules.ts';

type OpenQueue = (rules: Partial<QueueRules>, listener?: QueueListener) => Queue | Promise<Queue>;

/** Short enough to wait for, long enough to be told apart from "at once". */
const QUICK: Partial<QueueRules> = { firstDelayMs: 20, longestDelayMs: 40 };

/** What every queue promises, whatever it stands on. `open` gives a queue that shares nothing with the ones before. */
export function queueContract(name: string, open: OpenQueue): void {
  describe(`queue: ${name}`, () => {
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
      await queue.add(ask());
      await setTimeout(300);
      await queue.add(ask());
      const { oldestMs, workers } = await queue.state();
      expect(oldestMs).toBeGreaterThan(250);
      expect(oldestMs).toBeLessThan(10_000);
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

    describe('limits', () => {
      test('an owner with two waiting asks is refused, others are not', async () => {
        await using queue = await open({});
        await queue.add(ask({ owner: 'greedy' }));
        await queue.add(ask({ owner: 'greedy' }));
        await expect(queue.add(ask({ owner: 'greedy' }))).rejects.toMatchObject({ code: 'rate_limited' });
        expect(await queue.add(ask({ owner: 'other' }))).toBe('added');
        expect(await queue.state()).toMatchObject({ waiting: 3, running: 0 });
      });

      test('of many asks of one owner at the same moment two are accepted', async () => {
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
      test.each(['ask', 'erase'] as const)('%s: what no further try mends', async (kind) => {
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

      test('what its owner withdraws', async () => {
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
  });
}

export function ask(changed: Partial<Job> = {}): Job {
  return { id: `j-${randomUUID()}`, kind: 'ask', owner: `o-${randomUUID()}`, body: `b-${randomUUID()}`, ...changed };
}

export function erase(changed: Partial<Job> = {}): Job {
  return { ...ask(changed), kind: 'erase' };
}

/** A handler that notes what it is given before it does `act`, and what it finished afterwards. */
export function record(act: (job: Job) => Promise<void> = async () => {}) {
  const handled: Job[] = [];
  const finished: Job[] = [];
  const handler = async (job: Job) => {
    handled.push(job);
    await act(job);
    finished.push(job);
  };
  return { handled, finished, handler };
}

export async function emptied(queue: Queue): Promise<void> {
  await eventually(async () => expect(await queue.state()).toMatchObject({ waiting: 0, running: 0 }));
}

/** Has 14 asks done one after the other, `ms` each, so that the queue knows its pace; the next one runs until `ends`. */
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

/** Waits until `check` no longer throws, however busy the machine is. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 30_000, interval: 20 });
}
