import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../infra/services/port.ts';
import { bullmqQueue } from '../../src/queue/bullmq.ts';
import { redisPending } from '../../src/queue/redis/pending.ts';
import { nativeRedisWorks } from '../support/shared-services.ts';
import { ask, eventually, record } from './jobs.ts';
import { ownRedis } from './own-redis.ts';
import { item } from './pending-contract.ts';

const run = promisify(execFile);

describe.skipIf(!(await nativeRedisWorks()))('Redis', () => {
  test('is trusted only by REDIS_CA when your own authority signed its certificate', async () => {
    const tlsPort = await freePort();
    const dir = await certificates();
    const file = (name: string) => JSON.stringify(join(dir, name));
    const redis = await ownRedis({
      'tls-port': String(tlsPort),
      'tls-cert-file': file('redis.pem'),
      'tls-key-file': file('redis.key'),
      'tls-ca-cert-file': file('ca.pem'),
      'tls-auth-clients': 'no',
    });
    const url = redis.url.replace('redis:', 'rediss:').replace(`:${redis.port}`, `:${tlsPort}`);
    {
      await using queue = bullmqQueue({ url, caFile: join(dir, 'ca.pem') });
      await using pending = redisPending({ url, caFile: join(dir, 'ca.pem') });
      const { handled, handler } = record();
      queue.work('ask', 1, handler);
      await queue.add(ask());
      await eventually(() => expect(handled).toHaveLength(1));
      await pending.put('parked', item());
      await queue.check();
    }
    await using queue = bullmqQueue({ url });
    await expect(queue.add(ask())).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'redis_untrusted' } });
    await expect(queue.check()).rejects.toMatchObject({ cause: { code: 'redis_untrusted', fatal: true } });
  });

  test('that is a cluster: the node that has our keys works, another one is refused with the reason', async () => {
    const redis = await ownRedis({ 'cluster-enabled': 'yes' });
    await using queue = bullmqQueue({ url: redis.url });
    await expect(queue.check()).rejects.toMatchObject({ cause: { code: 'redis_cluster', fatal: true } });
    await redis.admin.cluster('ADDSLOTSRANGE', 0, 16_383);
    const { handled, handler } = record();
    queue.work('ask', 1, handler);
    await eventually(async () => expect(await queue.add(ask())).toBe('added'));
    await eventually(() => expect(handled).toHaveLength(1));
    await queue.check();
  });

  test('that nobody answers for is named by host and port', async () => {
    const port = await freePort();
    await using queue = bullmqQueue({ url: `redis://127.0.0.1:${port}` });
    await expect(queue.add(ask())).rejects.toMatchObject({
      code: 'unavailable',
      cause: { code: 'redis_unreachable', where: `127.0.0.1:${port}`, fatal: false },
    });
  });

  test('that may not write to its disk says so', async () => {
    const redis = await ownRedis();
    await using queue = bullmqQueue({ url: redis.url });
    await using pending = redisPending({ url: redis.url });
    await redis.admin.config('SET', 'appendonly', 'no');
    // A snapshot that fails, as on a full disk.
    await redis.admin.config('SET', 'save', '1 1');
    await run('chmod', ['0500', redis.dir]);
    await redis.admin.set('change', 'one');
    await redis.admin.bgsave();
    await eventually(async () => expect(await redis.admin.info('persistence')).toContain('rdb_last_bgsave_status:err'));
    await expect(queue.check()).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'redis_disk' } });
    await expect(pending.put('parked', item())).rejects.toMatchObject({ cause: { code: 'redis_disk' } });
    await run('chmod', ['0700', redis.dir]);
  });
});

/** Makes a certificate for 127.0.0.1, and the authority that signed it. Gives their folder. */
async function certificates(): Promise<string> {
  const { dir } = await ownRedis();
  const make = (...args: string[]) => run('openssl', args, { cwd: dir });
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  await make('req', '-x509', ...key, '-subj', '/CN=an authority of our own', '-keyout', 'ca.key', '-out', 'ca.pem');
  await make(
    ...['req', '-x509', ...key, '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-CA', 'ca.pem', '-CAkey', 'ca.key', '-keyout', 'redis.key', '-out', 'redis.pem'],
  );
  await run('chmod', ['0644', 'ca.pem', 'redis.key', 'redis.pem'], { cwd: dir });
  expect(await readFile(join(dir, 'redis.pem'), 'utf8')).toContain('CERTIFICATE');
  return dir;
}
