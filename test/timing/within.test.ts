import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { atMost, unless, within } from '../../src/timing/within.ts';

const forever = new Promise<never>(() => {});

describe('within', () => {
  it('gives what the work gives, or throws what it throws', async () => {
    expect(await within(1_000, async () => 7)).toBe(7);
    await expect(within(1_000, () => Promise.reject(new Failure('busy')))).rejects.toMatchObject({ code: 'busy' });
  });

  it('is unavailable in time, and tells all that the work asked of others', async () => {
    let told: AbortSignal | undefined;
    const late = within(20, (signal) => {
      told = signal;
      return forever;
    });
    await expect(late).rejects.toMatchObject({ code: 'unavailable' });
    expect(told?.aborted).toBe(true);
  });

  it('aborts nothing that was done in time', async () => {
    let told: AbortSignal | undefined;
    await within(20, async (signal) => {
      told = signal;
    });
    await sleep(40);
    expect(told?.aborted).toBe(false);
  });

  it('a failure that comes too late troubles nobody', async () => {
    const failing = within(10, async () => {
      await sleep(30);
      throw new Error('too late');
    });
    await expect(failing).rejects.toMatchObject({ code: 'unavailable' });
    await sleep(40);
  });
});

describe('atMost', () => {
  it('gives what the work gives, throws what it throws, and gives up on it', async () => {
    expect(await atMost(1_000, Promise.resolve(7))).toBe(7);
    expect(await atMost(10, forever)).toBeUndefined();
    await expect(atMost(1_000, Promise.reject(new Failure('busy')))).rejects.toMatchObject({ code: 'busy' });
  });
});

describe('unless', () => {
  it('gives what the work gives until the signal aborts, and then throws its reason', async () => {
    const stop = new AbortController();
    expect(await unless(stop.signal, Promise.resolve(7))).toBe(7);
    const waiting = unless(stop.signal, forever);
    stop.abort(new Failure('unavailable'));
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('throws at once when the signal has aborted before', async () => {
    await expect(unless(AbortSignal.abort(new Failure('busy')), forever)).rejects.toMatchObject({ code: 'busy' });
  });
});
