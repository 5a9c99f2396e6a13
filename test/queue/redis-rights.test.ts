import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { causeOf } from '../../src/cause.ts';
import { REDIS } from '../../src/causes/redis.ts';
import { bullmqQueue } from '../../src/queue/bullmq.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { redisSettings } from '../../src/queue/redis/settings.ts';
import { nativeRedisWorks } from '../support/shared-services.ts';
import { ask, emptied, erase, eventually, record } from './jobs.ts';
import { type OwnRedis, ownRedis } from './own-redis.ts';
import { item } from './pending-contract.ts';

/** The rights of facefinder's user, as infra/README.md tells operators to set them. */
const LINE = /ACL SETUSER facefinder ([^`]*)`/.exec(
  await readFile(new URL('../../infra/README.md', import.meta.url), 'utf8'),
)?.[1];

describe.skipIf(!(await nativeRedisWorks()))('a user of Redis who may do', () => {
  test.each([
    ['what infra/README.md lists', ''],
    ['that without INFO', ' -info'],
    ['that without INFO and BGREWRITEAOF', ' -info -bgrewriteaof'],
  ])('%s: everything works', async (_, less) => {
    const url = await userOf(await ownRedis(), `${LINE?.replace('>password', '>secret')}${less}`);
    const told: unknown[] = [];
    {
      await using queue = bullmqQueue({ url, firstDelayMs: 20, onError: (cause) => told.push(cause) });
      await using pending = redisPending({ url, onError: (cause) => told.push(cause) });
      await queue.check();
      const { handled, handler } = record();
      queue.work('ask', 2, handler);
      queue.work('erase', 2, handler);
      const jobs = [ask(), ask(), erase()];
      for (const job of jobs) expect(await queue.add(job)).toBe('added');
      await eventually(() => expect(handled).toHaveLength(3));
      await emptied(queue);
      await eventually(async () => expect(await queue.state()).toMatchObject({ waiting: 0, workers: 1 }));
      await queue.add(ask({ owner: 'me' }));
      await queue.dropOwned('me');
      const put = item();
      await pending.put('parked', put);
      expect(await pending.take('parked', put.id, put.owner)).toEqual(put);
      await pending.memory();
      await pending.tidy(['parked'], Date.now());
      expect(await pending.scrub()).toBe(true);
    }
    expect(told).toEqual([]);
    const settings = await redisSettings({ url });
    expect(settings.find(({ name }) => name === 'appendfsync')?.value).toBeUndefined();
  });

  test.each([
    ['nothing with the keys', '~other:* +@all', 'its keys'],
    ['no scripts', '~* +@all -evalsha -eval', 'the command evalsha'],
    ['not even ask the time', '~* +@all -time', 'the command time'],
  ])('%s: is refused with the reason and the line to send', async (_, rights, where) => {
    const url = await userOf(await ownRedis(), `on >secret resetchannels ${rights}`);
    await using queue = bullmqQueue({ url });
    const refusal = await eventually(async () => {
      const error = await queue.check().then(
        () => undefined,
        (failure: unknown) => failure,
      );
      expect(error).toBeDefined();
      return error;
    });
    expect(refusal).toMatchObject({ code: 'unavailable' });
    expect(causeOf(refusal)).toMatchObject({ code: 'redis_noperm', where, fatal: true });
    expect(REDIS.redis_noperm.next).toContain(LINE);
  });

  test.each([
    ['the wrong password', 'facefinder:wrong@'],
    ['no password', ''],
  ])('%s: says so', async (_, login) => {
    const { port } = await ownRedis();
    await using queue = bullmqQueue({ url: `redis://${login}127.0.0.1:${port}` });
    await expect(queue.add(ask())).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'redis_password' } });
    await expect(queue.check()).rejects.toMatchObject({ cause: { code: 'redis_password', fatal: true } });
  });
});

async function userOf({ admin, urlFor }: OwnRedis, rights: string): Promise<string> {
  await admin.acl('SETUSER', 'facefinder', ...rights.split(' ').filter(Boolean));
  return urlFor('facefinder', 'secret');
}
