import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { bullmqQueue } from '../../src/queue/bullmq.ts';
import { sharedRedis } from '../support/shared-services.ts';
import { queueContract } from './queue-contract.ts';

const redis = await sharedRedis();

describe.skipIf(!redis)('on Redis', () => {
  const url = redis?.url ?? '';
  queueContract('BullMQ', (rules, listener) =>
    bullmqQueue({ url, prefix: `{test-${randomUUID()}}`, ...rules, ...listener }),
  );
});
