import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bullmqQueue } from '../../src/queue/bullmq.ts';
import { type Claims, redisClaims } from '../../src/queue/claims.ts';
import { connect } from '../../src/queue/redis.ts';
import { DEFAULT_RULES } from '../../src/queue/rules.ts';
import { sharedRedis } from '../support/shared-services.ts';
import { ask } from './queue-contract.ts';

const service = await sharedRedis();

describe.skipIf(!service)('claims: an add whose process died half-way', () => {
  let claims: Claims;
  let disconnect: () => void;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const redis = connect(service?.url ?? '', 'patient', () => {});
    claims = redisClaims(redis, redis, `{test-${randomUUID()}}`, DEFAULT_RULES);
    disconnect = () => redis.disconnect();
  });
  afterEach(() => {
    vi.useRealTimers();
    disconnect();
  });

  test('is contested for a moment, then the same update is accepted again', async () => {
    const job = ask();
    expect(await claims.claim(job)).toBe('claimed');
    expect(await claims.claim(job)).toBe('contested');
    vi.setSystemTime(Date.now() + 60_000);
    expect(await claims.claim(job)).toBe('claimed');
  });

  test('keeps the same update waiting until it is over, and that is added then', async () => {
    vi.useRealTimers();
    const url = service?.url ?? '';
    const prefix = `{test-${randomUUID()}}`;
    const redis = connect(url, 'patient', () => {});
    await using queue = bullmqQueue({ url, prefix });
    const job = ask();
    await redisClaims(redis, redis, prefix, DEFAULT_RULES).claim(job);
    redis.disconnect();
    expect(await queue.add(job)).toBe('added');
  });

  test('takes room from its owner for a moment only', async () => {
    for (let count = 0; count < 2; count += 1) expect(await claims.claim(ask({ owner: 'o' }))).toBe('claimed');
    expect(await claims.claim(ask({ owner: 'o' }))).toBe('rate_limited');
    vi.setSystemTime(Date.now() + 60_000);
    for (let count = 0; count < 2; count += 1) expect(await claims.claim(ask({ owner: 'o' }))).toBe('claimed');
    expect(await claims.claim(ask({ owner: 'o' }))).toBe('rate_limited');
  });
});
