import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Cause } from '../../src/cause.ts';
import { Failure } from '../../src/failure.ts';
import { everyDay, everyFewSeconds, everyHalfMinute } from '../../src/housekeeping/clock.ts';
import { sweep } from '../../src/housekeeping/sweep.ts';
import { upkeep } from '../../src/housekeeping/upkeep.ts';
import { type Log, openLog } from '../../src/log.ts';
import { ALICE, openStage } from '../chat/stage.ts';

const HOUR = 3_600_000;

it('what waited for a button in vain is gone from the shelves soon after its time', async () => {
  await using stage = await openStage();
  await stage.say(ALICE, 'enroll', ['anna']);
  await stage.say(ALICE, 'find');
  const { pending } = stage.parts.stores;
  const waiting = async () => [...(await pending.list('parked')), ...(await pending.list('awaiting'))].length;
  await upkeep(stage.parts);
  expect(await waiting()).toBe(2);
  stage.clock.ms += HOUR;
  await upkeep(stage.parts);
  expect(await waiting()).toBe(0);
});

it('an erasure that another process noted and left is taken over', async () => {
  await using stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
  const { gallery, queue } = stage.flow;
  const { erase } = gallery;
  const { add } = queue;
  const nobodyWorks = async () => 'added' as const;
  Object.assign(gallery, { erase: () => Promise.reject(new Failure('unavailable')) });
  Object.assign(queue, { add: nobodyWorks });
  await stage.flow.eraser.erase(ALICE, 'everywhere', 'operator');
  Object.assign(gallery, { erase });
  Object.assign(queue, { add });

  await upkeep(stage.parts);
  expect(await stage.parts.stores.queue.state()).toMatchObject({ waiting: 0, running: 0 });
  stage.clock.ms += HOUR;
  await upkeep(stage.parts);
  await expect.poll(() => gallery.scopesOf(ALICE)).toEqual([]);
});

describe('what is done once a day', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is done on a machine too that is switched off every night', async () => {
    const work = vi.fn(async () => {});
    const clock = everyDay(work, openLog('silent'));
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(48 * HOUR);
    expect(work).toHaveBeenCalledTimes(3);
    await clock[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(48 * HOUR);
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('ends at once when the program stops', async () => {
    const clock = everyDay(
      (signal) => new Promise((resolve) => signal.addEventListener('abort', resolve)),
      openLog('silent'),
    );
    await vi.advanceTimersByTimeAsync(HOUR);
    await clock[Symbol.asyncDispose]();
  });
});

describe('work that fails', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const away = new Failure('unavailable', { cause: new Cause('redis_unreachable') });

  it.each([
    ['every few seconds', everyFewSeconds, away, 0],
    ['every half minute', everyHalfMinute, away, 0],
    ['every half minute', everyHalfMinute, new Failure('busy'), 0],
    ['once a day', everyDay, away, 1],
    ['every few seconds', everyFewSeconds, new Error('a bug'), 12 * 60],
  ] as const)('%s is told where nobody else tells it', async (_, every, error, lines) => {
    const silent = () => {};
    const log = { debug: silent, info: silent, warn: vi.fn<Log['warn']>(), error: vi.fn<Log['error']>() };
    const clock = every(() => Promise.reject(error), log);
    await vi.advanceTimersByTimeAsync(HOUR);
    await clock[Symbol.asyncDispose]();
    expect([...log.warn.mock.calls, ...log.error.mock.calls]).toHaveLength(lines);
  });
});

it('a sweep that is stopped erases nobody more', async () => {
  await using stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
  stage.platform.memberships.set(ALICE.id, 'gone');
  await expect(sweep(stage.parts, 365, { signal: AbortSignal.abort() })).rejects.toThrow();
  expect(await stage.flow.gallery.scopesOf(ALICE)).toHaveLength(1);
});
