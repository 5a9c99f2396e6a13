import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Cause } from '../../src/cause.ts';
import { Failure } from '../../src/failure.ts';
import { openPulse, pulseHandler } from '../../src/health/pulse.ts';
import { bullmqQueue } from '../../src/queue/bullmq.ts';
import { openSqlitePending } from '../../src/queue/embedded/pending.ts';
import { embeddedQueue } from '../../src/queue/embedded/queue.ts';
import type { Pending } from '../../src/queue/pending.ts';
import type { Loss, Queue } from '../../src/queue/queue.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';
import { ask } from '../queue/jobs.ts';
import { sharedRedis } from '../support/shared-services.ts';

const redis = await sharedRedis();
const keys = deriveKeys(new Uint8Array(32).fill(1));
const never = new AbortController().signal;
const well = async () => {};

interface Stores extends AsyncDisposable {
  readonly queue: Queue;
  readonly pending: Pending;
  readonly losses: Loss[];
}

async function openEmbedded(): Promise<Stores> {
  const folder = mkdtempSync(join(tmpdir(), 'facefinder-pulse-'));
  const losses: Loss[] = [];
  const queue = embeddedQueue({ maxWaiting: 1, onLoss: (loss) => losses.push(loss) });
  const pending = await openSqlitePending({ file: join(folder, 'pending.db') });
  return {
    queue,
    pending,
    losses,
    async [Symbol.asyncDispose]() {
      await queue[Symbol.asyncDispose]();
      await pending[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

async function openOnRedis(): Promise<Stores> {
  const url = redis?.url ?? '';
  const prefix = `{test-${randomUUID()}}`;
  const losses: Loss[] = [];
  const queue = bullmqQueue({ url, prefix, maxWaiting: 1, onLoss: (loss) => losses.push(loss) });
  const pending = redisPending({ url, prefix });
  return {
    queue,
    pending,
    losses,
    async [Symbol.asyncDispose]() {
      await queue[Symbol.asyncDispose]();
      await pending[Symbol.asyncDispose]();
    },
  };
}

describe.each([
  { name: 'embedded', open: openEmbedded, isHere: true },
  { name: 'on Redis', open: openOnRedis, isHere: redis !== undefined },
])('a pulse, $name', ({ open, isHere }) => {
  let on: Stores;
  let clock: number;
  beforeEach(async ({ skip }) => {
    if (!isHere) return skip();
    on = await open();
    clock = Date.now();
  });
  afterEach(() => on?.[Symbol.asyncDispose]());

  const now = () => clock;
  const parts = () => ({ queue: on.queue, pending: on.pending, keys, now });
  const manned = (check: () => Promise<unknown> = well) => on.queue.work('pulse', 4, pulseHandler(parts(), check));

  test('comes back, again and again', async () => {
    manned();
    const pulse = openPulse(parts());
    for (let times = 0; times < 3; times++) {
      clock += 30_000;
      expect(await pulse.beat(never)).toBeGreaterThan(0);
      expect(pulse.ageMs()).toBe(0);
    }
    await pulse.check();
    expect(on.losses).toEqual([]);
  });

  test('is taken past people’s asks, however many wait', async () => {
    await on.queue.add(ask());
    await expect(on.queue.add(ask())).rejects.toMatchObject({ code: 'busy' });
    manned();
    expect(await openPulse(parts()).beat(never)).toBeGreaterThan(0);
    expect(await on.queue.state()).toMatchObject({ waiting: 1, running: 0 });
  });

  test('does not pile up while nobody takes it, and is answered once somebody does', async () => {
    const pulse = openPulse(parts());
    for (let times = 0; times < 3; times++) {
      await expect(pulse.beat(AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'AbortError' });
    }
    let handled = 0;
    manned(async () => {
      handled += 1;
    });
    expect(await pulse.beat(never)).toBeGreaterThan(0);
    expect(handled).toBe(1);
    expect(await on.pending.list('pulse')).toEqual([]);
  });

  test('that does not come back is said to within a minute, and not while the next may still come in time', async () => {
    const pulse = openPulse(parts());
    clock += 54_000;
    await pulse.check();
    // Time for the next look, which comes 5 s later at most.
    clock += 2_000;
    await expect(pulse.check()).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'no_pulse' } });
  });

  test('comes back with the cause from a worker that could not work, which is no sign of life', async () => {
    manned(() => Promise.reject(new Failure('unavailable', { cause: new Cause('child_hangs') })));
    const pulse = openPulse(parts());
    expect(await pulse.beat(never)).toBeUndefined();
    clock += 91_000;
    await expect(pulse.check()).rejects.toMatchObject({ cause: { code: 'child_hangs' } });
  });

  test('that cannot be sent says why it cannot, whatever was wrong with the one before', async () => {
    manned(() => Promise.reject(new Failure('unavailable', { cause: new Cause('child_hangs') })));
    const full = () => Promise.reject(new Failure('busy', { cause: new Cause('redis_full') }));
    let add = on.queue.add;
    const queue: Pick<Queue, 'add' | 'state'> = { add: (...job) => add(...job), state: on.queue.state };
    const pulse = openPulse({ ...parts(), queue });
    expect(await pulse.beat(never)).toBeUndefined();
    add = full;
    await expect(pulse.beat(never)).rejects.toMatchObject({ code: 'busy' });
    clock += 91_000;
    await expect(pulse.check()).rejects.toMatchObject({ cause: { code: 'redis_full' } });
  });

  test('is not answered by a worker with another key', async () => {
    const others = { ...parts(), keys: deriveKeys(new Uint8Array(32).fill(2)) };
    on.queue.work('pulse', 1, pulseHandler(others, well));
    const pulse = openPulse(parts());
    await expect(pulse.beat(AbortSignal.timeout(1_000))).rejects.toMatchObject({ name: 'AbortError' });
    expect(on.losses).toContain('failed');
  });

  test('knows when nobody has taken asks for half a minute', async () => {
    const pulse = openPulse(parts());
    await pulse.checkWorkers();
    clock += 31_000;
    await expect(pulse.checkWorkers()).rejects.toMatchObject({ cause: { code: 'no_worker' } });
    on.queue.work('ask', 1, async () => {});
    await expect.poll(() => pulse.checkWorkers().then(() => 'manned', String)).toBe('manned');
  });
});
