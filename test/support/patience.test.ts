import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openPatience, sleep } from './patience.ts';

/** How long a probe takes that computes for 10 ms. */
let probeMs: number;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

/** Times an answer that comes after `ms`. */
async function timed(ms: number, ofProbe = 10) {
  probeMs = ofProbe;
  const patience = openPatience(() => sleep(probeMs).then(() => 10));
  const timing = patience.time(sleep(ms));
  await vi.runAllTimersAsync();
  return await timing;
}

test.each([
  [100, false],
  [1_900, false],
  [2_100, true],
  [60_000, true],
])('an answer after %i ms: too late is %s', async (ms, isTooLong) => {
  expect((await timed(ms)).isTooLong).toBe(isTooLong);
});

test('a machine that is three times slower gets three times as long', async () => {
  expect((await timed(5_800, 30)).isTooLong).toBe(false);
  expect((await timed(6_300, 30)).isTooLong).toBe(true);
});

test('a machine that stands still gets the time that it stands still', async () => {
  expect((await timed(30_000, 100_000)).isTooLong).toBe(false);
});
