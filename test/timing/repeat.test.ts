import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { pauseAfter, repeat } from '../../src/timing/repeat.ts';

const failing = (times: number) => {
  let left = times;
  return async () => {
    if (left-- > 0) throw new Failure('unavailable');
    return 'done';
  };
};

it('a pause doubles with each try, up to the longest', () => {
  const pauses = [1, 2, 3, 4, 5].map((attempt) => pauseAfter(attempt, { firstMs: 100, longestMs: 500 }));
  expect(pauses).toEqual([100, 200, 400, 500, 500]);
  expect(pauseAfter(2_000, { firstMs: 100, longestMs: 500 })).toBe(500);
});

describe('repeat', () => {
  it('tries until it succeeds, and tells how often it was tried', async () => {
    const tries: number[] = [];
    const pause = (_: unknown, attempt: number) => {
      tries.push(attempt);
      return 1;
    };
    expect(await repeat(failing(3), pause)).toBe('done');
    expect(tries).toEqual([1, 2, 3]);
  });

  it('throws what the last try threw once there is no further pause', async () => {
    const pause = (_: unknown, attempt: number) => (attempt < 2 ? 1 : undefined);
    await expect(repeat(failing(2), pause)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('ends in the middle of a pause when it is told to', async () => {
    const stop = new AbortController();
    const repeating = repeat(failing(9), () => 60_000, stop.signal);
    stop.abort();
    await expect(repeating).rejects.toMatchObject({ name: 'AbortError' });
  });
});
