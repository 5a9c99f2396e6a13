import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bullmqQueue } from '../../src/queue/bullmq.ts';
import { connect } from '../../src/queue/redis/connection.ts';
import { type Reservations, redisReservations } from '../../src/queue/redis/reservations.ts';
import { DEFAULT_RULES } from '../../src/queue/rules.ts';
import { sharedRedis } from '../support/shared-services.ts';
import { ask } from './jobs.ts';

const service = await sharedRedis();

describe.skipIf(!service)('reservations: an add whose process died half-way', () => {
  let reservations: Reservations;
  let disconnect: () => void;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const redis = connect({ url: service?.url ?? '' }, 'patient', () => {});
    reservations = reservationsOn(redis, `{test-${randomUUID()}}`);
    disconnect = () => redis.disconnect();
  });
  afterEach(() => {
    vi.useRealTimers();
    disconnect();
  });

  test('is contested for a moment, then the same update is accepted again', async () => {
    const job = ask();
    expect(await reservations.reserve(job)).toBe('reserved');
    expect(await reservations.reserve(job)).toBe('contested');
    vi.setSystemTime(Date.now() + 60_000);
    expect(await reservations.reserve(job)).toBe('reserved');
  });

  test('keeps the same update waiting until it is over, and that is added then', async () => {
    vi.useRealTimers();
    const url = service?.url ?? '';
    const prefix = `{test-${randomUUID()}}`;
    const redis = connect({ url: url }, 'patient', () => {});
    await using queue = bullmqQueue({ url, prefix });
    const job = ask();
    await reservationsOn(redis, prefix).reserve(job);
    redis.disconnect();
    expect(await queue.add(job)).toBe('added');
  });

  test('takes room from its owner for a moment only', async () => {
    for (let count = 0; count < 2; count += 1) expect(await reservations.reserve(ask({ owner: 'o' }))).toBe('reserved');
    expect(await reservations.reserve(ask({ owner: 'o' }))).toBe('rate_limited');
    vi.setSystemTime(Date.now() + 60_000);
    for (let count = 0; count < 2; count += 1) expect(await reservations.reserve(ask({ owner: 'o' }))).toBe('reserved');
    expect(await reservations.reserve(ask({ owner: 'o' }))).toBe('rate_limited');
  });
});

function reservationsOn(redis: Redis, prefix: string): Reservations {
  return redisReservations({ prompt: redis, patient: redis, prefix, rules: DEFAULT_RULES, now: () => Date.now() });
}
