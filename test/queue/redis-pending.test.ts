import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { sharedRedis } from '../support/shared-services.ts';
import { pendingContract } from './pending-contract.ts';

const redis = await sharedRedis();

describe.skipIf(!redis)('on Redis', () => {
  const url = redis?.url ?? '';
  pendingContract('Redis', () => {
    const prefix = `{test-${randomUUID()}}`;
    return { open: () => redisPending({ url, prefix }) };
  });
});
