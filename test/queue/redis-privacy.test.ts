import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { bullmqQueue } from '../../src/queue/bullmq.ts';
import { SHELVES } from '../../src/queue/pending.ts';
import type { Job } from '../../src/queue/queue.ts';
import { connect } from '../../src/queue/redis/connection.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { keyedHash } from '../../src/secrets/hash.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';
import { sealJson } from '../../src/secrets/seal.ts';
import { nativeRedisWorks } from '../support/shared-services.ts';
import { ask, emptied, eventually } from './jobs.ts';
import { ownRedis } from './own-redis.ts';
import { item } from './pending-contract.ts';
import { dumpOf } from './redis-dump.ts';

const keys = deriveKeys(new Uint8Array(32).fill(7));
const SECRETS = ['Ada Lovelace', '4711081500', 'file-id-of-a-photo', 'distance 0.31', 'stack of the bug'];
/** All words that BullMQ and we write besides hashes and sealed bytes. */
const WORDS = new Set([
  ...SHELVES,
  ...`facefinder workers pace last mean count memory ask erase job id owner body deadline claims done check pending expires At
  active delayed wait waiting paused prioritized completed failed events meta opts max Len Events marker stalled pc lock
  name data timestamp priority delay attempts backoff type custom remove On Complete Fail stack Trace Limit job Id ats atm stc
  processed failed Reason again stacktrace ended true event added prev drained returnvalue null retries exhausted Made attemptsMade`.split(
    /\s+/,
  ),
]);

describe.skipIf(!(await nativeRedisWorks()))('Redis', () => {
  test('holds nothing but hashes, deadlines and sealed bytes, at any time', async () => {
    const redis = await ownRedis();
    const reader = connect(redis, 'patient', () => {});
    const commands: string[] = [];
    const monitor = await reader.monitor();
    monitor.on('monitor', (_time: string, args: string[]) => commands.push(args.join(' ')));
    const reported: unknown[] = [];
    {
      await using queue = bullmqQueue({
        url: redis.url,
        firstDelayMs: 20,
        longestDelayMs: 20,
        maxPerOwner: 100,
        onError: (cause) => reported.push(cause),
      });
      await using pending = redisPending({ url: redis.url });
      const jobs = Array.from({ length: 30 }, (_, number) => sealedJob(number));
      for (const job of jobs) await queue.add(job);
      for (const shelf of SHELVES) {
        await pending.put(shelf, { ...sealedJob(99), expiresAt: Date.now() + 60_000 });
      }
      await expectSealed(reader);
      let handled = 0;
      const handler = async (job: Job): Promise<void> => {
        const turn = handled % 4;
        handled += 1;
        await expectSealed(reader);
        if (turn === 1) throw new Failure('unavailable', { cause: new Error(SECRETS.join()) });
        if (turn === 2) throw Object.assign(new TypeError(SECRETS.join()), { stack: SECRETS.join(), job });
        if (turn === 3) throw new Failure('no_face', { cause: SECRETS });
      };
      queue.work('ask', 3, handler);
      queue.work('erase', 1, handler);
      await emptied(queue);
      expect(reported.filter((cause) => !(cause instanceof TypeError))).toEqual([]);
      expect(reported).not.toEqual([]);
      expect(handled).toBeGreaterThan(jobs.length);
      await eventually(async () => expect(await reader.xlen('{facefinder}:ask:events')).toBe(0));
    }
    const left = await expectSealed(reader);
    expect([...left.keys()].filter((key) => /:(ask|erase):[\w-]{43}/.test(key) && !key.includes(':done:'))).toEqual([]);
    // The notes that asks were done expire by themselves, a day later.
    const done = [...left.keys()].filter((key) => key.includes(':done:'));
    expect(done.length).toBeGreaterThan(0);
    const ends = await Promise.all(done.map((key) => reader.pttl(key)));
    expect(ends.filter((ms) => !(ms > 0 && ms <= 86_400_000))).toEqual([]);
    expect(commands.length).toBeGreaterThan(100);
    for (const secret of SECRETS) expect(commands.filter((command) => command.includes(secret))).toEqual([]);
    for (const connection of [monitor, reader]) connection.disconnect();
  });

  test('has no byte of removed items in its files after a scrub', async () => {
    const redis = await ownRedis();
    const { dir } = redis;
    await using queue = bullmqQueue({ url: redis.url });
    await using pending = redisPending({ url: redis.url });
    const owner = 'whose-it-was';
    for (let count = 0; count < 50; count += 1) {
      await pending.put('parked', item({ owner, body: `secret-${'x'.repeat(500)}` }));
      await pending.put('parked', item());
    }
    await queue.add(ask({ owner, body: 'secret-job' }));
    expect(await anyFileHolds(dir, 'secret-')).toBe(true);
    expect(await pending.dropOwned(owner)).toBe(50);
    expect(await queue.dropOwned(owner)).toBe(1);
    const scrubs = await Promise.all([pending.scrub(), pending.scrub()]);
    expect(scrubs).toEqual([true, true]);
    expect(await anyFileHolds(dir, 'secret-')).toBe(false);
    expect(await anyFileHolds(dir, owner)).toBe(false);
    expect(await pending.list('parked')).toHaveLength(50);
  });

  test('counts as clean when we may not rewrite its files, because its operator answers for them', async () => {
    const redis = await ownRedis();
    const admin = connect(redis, 'patient', () => {});
    await admin.acl('SETUSER', 'tenant', 'on', '>secret', '~*', '+@all', '-bgrewriteaof');
    const { host } = new URL(redis.url);
    await using pending = redisPending({ url: `redis://tenant:secret@${host}` });
    expect(await pending.scrub()).toBe(true);
    admin.disconnect();
  });
});

function sealedJob(number: number): Job {
  const body = sealJson(keys.jobs, { secrets: SECRETS, number }, 'job');
  return {
    id: keyedHash(keys.lookup, 'job', String(number)),
    kind: number % 5 === 0 ? 'erase' : 'ask',
    owner: keyedHash(keys.lookup, 'person', String(number % 3)),
    body,
    deadline: Date.now() + 600_000,
  };
}

/**
 * Fails when Redis holds anything but hashes, sealed bytes, numbers and the words above. Gives its
 * contents.
 */
async function expectSealed(redis: Redis): Promise<Map<string, string>> {
  const dump = await dumpOf(redis);
  const text = [...dump].flat().join('\n');
  for (const secret of SECRETS) expect(text).not.toContain(secret);
  const unsealed = text
    // Sealed bodies and keyed hashes, both base64url; a hash has 43 characters.
    .replaceAll(/[\w-]{43,}/g, ' ')
    // A lock's token.
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, ' ');
  const words = unsealed.match(/[A-Z]?[a-z]+|[A-Z]+/g) ?? [];
  expect(words.filter((word) => !WORDS.has(word))).toEqual([]);
  return dump;
}

async function anyFileHolds(dir: string, text: string): Promise<boolean> {
  const files = await readdir(dir, { recursive: true, withFileTypes: true });
  const data = files.filter((file) => file.isFile() && /\.(aof|rdb|manifest)$/.test(file.name));
  const contents = await Promise.all(data.map((file) => readFile(join(file.parentPath, file.name))));
  return contents.some((bytes) => bytes.includes(text));
}
