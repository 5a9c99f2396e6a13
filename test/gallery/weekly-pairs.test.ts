import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ScopeId } from '../../src/consent/who.ts';
import { weeklyPairs } from '../../src/gallery/weekly-pairs.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const CLUB = 'club' as ScopeId;
const OWN = { people: 10, share: 0.3, distance: 1.2 };

beforeEach(() => void vi.useFakeTimers({ now: 7 * DAY_MS }));
afterEach(() => void vi.useRealTimers());

it('forgets how near people are to each other when the week ends, also where nobody searches then', async () => {
  const started = Date.now();
  const compute = vi.fn(async () => OWN);
  // This clock stands still, so only the timer for the end of the week can make `pairs` forget.
  const pairs = weeklyPairs(() => started);
  expect(await pairs.of(CLUB, compute)).toEqual(OWN);
  await vi.advanceTimersByTimeAsync(7 * DAY_MS - 1);
  await pairs.of(CLUB, compute);
  expect(compute).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  await pairs.of(CLUB, compute);
  expect(compute).toHaveBeenCalledTimes(2);
});

it('asks once for all who search at the same time, and again after a failure', async () => {
  const compute = vi.fn(async () => OWN).mockRejectedValueOnce(new Error('the store is down'));
  const pairs = weeklyPairs(Date.now);
  const both = await Promise.allSettled([pairs.of(CLUB, compute), pairs.of(CLUB, compute)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(compute).toHaveBeenCalledTimes(1);
  expect(await pairs.of(CLUB, compute)).toEqual(OWN);
});
