import { describe, expect, test } from 'vitest';
import { expirePlaceholders, tellForgotten } from '../../src/chat/answering/expiry.ts';
import { placeholders } from '../../src/chat/answering/placeholders.ts';
import type { Courier } from '../../src/chat/courier.ts';
import type { Reply } from '../../src/chat/reply.ts';
import type { LogFields } from '../../src/log.ts';
import { openMetrics } from '../../src/metrics/metrics.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';
import { ownRedis } from '../queue/own-redis.ts';
import { nativeRedisWorks } from '../support/shared-services.ts';

const keys = deriveKeys(new Uint8Array(32).fill(3));

describe.skipIf(!(await nativeRedisWorks()))('a Redis that loses its data while people wait', () => {
  test.each(['emptied', 'started again without its data'])('(%s) is noticed, and they are told', async (how) => {
    const redis = await ownRedis();
    await using parts = openHouseOn(redis.url);
    const { flow } = parts;
    const early = await parts.wait('early');
    const answered = await parts.wait('answered');
    await flow.placeholders.close({ id: flow.placeholders.idOf(answered), owner: 'o', deadline: answered.deadline });
    await tellForgotten(flow);
    const late = await parts.wait('late');
    // `emptied` only removes the data. A restart without its data also closes the connections.
    if (how === 'emptied') await redis.admin.flushall();
    else await redis.admin.multi().flushall().call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes').exec();
    const after = await parts.wait('after');
    await tellForgotten(flow);
    expect(parts.told.map(({ message }) => message).sort()).toEqual(
      [early, late].map(({ address }) => address.message).sort(),
    );
    expect(parts.told[0]?.replies).toMatchObject([{ kind: 'error', code: 'expired' }]);
    expect(parts.logged).toContainEqual(expect.objectContaining({ cause: 'redis_forgot', waiting: 2 }));
    expect(parts.counted).toEqual(['memory', 'late', 'late']);
    await tellForgotten(flow);
    await expirePlaceholders(flow);
    expect(parts.told).toHaveLength(2);
    // The later ask still has an open placeholder. The one that was told has none, so a repeated
    // delivery adds no answer.
    expect((await flow.placeholders.find(flow.placeholders.idOf(after)))?.open).toBeDefined();
    expect((await flow.placeholders.find(flow.placeholders.idOf(early)))?.open).toBeUndefined();
  });

  test('is not suspected when it lost nothing', async () => {
    const redis = await ownRedis();
    await using parts = openHouseOn(redis.url);
    await parts.wait('one');
    await tellForgotten(parts.flow);
    await redis.admin.del('something else');
    await tellForgotten(parts.flow);
    expect(parts.told).toEqual([]);
    expect(parts.counted).toEqual([]);
  });
});

/** A bot's placeholders on this Redis, with a platform that notes what it is told. */
function openHouseOn(url: string) {
  const pending = redisPending({ url });
  const told: { readonly message: unknown; readonly replies: readonly Reply[] }[] = [];
  const logged: LogFields[] = [];
  const counted: string[] = [];
  const log = (_event: string, fields: LogFields = {}) => void logged.push(fields);
  const courier: Courier = {
    audience: 'group',
    placeholder: async (address) => address,
    answer: async (address, replies) => void told.push({ message: address.message, replies }),
    fetchPhoto: () => Promise.reject(new Error('no photos here')),
    membership: async () => 'member',
  };
  const flow = {
    placeholders: placeholders(pending, keys),
    couriers: { telegram: courier },
    log: { debug: log, info: log, warn: log, error: log },
    metrics: {
      ...openMetrics(),
      dropped: (why: string) => void counted.push(why),
      memoryLost: () => void counted.push('memory'),
    },
    now: Date.now,
  };
  return {
    flow,
    told,
    logged,
    counted,
    async wait(message: string) {
      const person = { platform: 'telegram', id: '1', name: 'Ada' } as const;
      const address = { platform: 'telegram', message } as const;
      const ask = { id: message, person, address, locale: 'en', deadline: Date.now() + 600_000 };
      await flow.placeholders.open(flow.placeholders.idOf(ask), ask);
      return ask;
    },
    [Symbol.asyncDispose]: () => pending[Symbol.asyncDispose](),
  };
}
