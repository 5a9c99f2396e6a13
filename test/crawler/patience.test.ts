import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openPatience, sleep } from './patience.ts';

/** How long a probe takes. */
let probeMs: number;

beforeEach(() => {
  vi.useFakeTimers();
  probeMs = 10;
});
afterEach(() => void vi.useRealTimers());

const opened = async () => {
  const opening = openPatience(() => sleep(probeMs));
  await vi.runAllTimersAsync();
  return await opening;
};

/** Times an answer that comes after `ms`. */
async function timed(ms: number, probe = probeMs) {
  const patience = await opened();
  probeMs = probe;
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
