import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { startRedis, stopRedis } from '../../infra/services/redis.ts';
import { connect } from '../../src/queue/redis/connection.ts';
import { nativeRedisWorks } from '../support/shared-services.ts';

const root = await mkdtemp(join(tmpdir(), 'services '));
await giveToService(root);
afterAll(() => rm(root, { recursive: true, force: true }));

describe.skipIf(!(await nativeRedisWorks()))('a Redis of one’s own', () => {
  test('is started once per folder, and stopped once', async () => {
    const dir = join(root, 'once');
    const first = await startRedis({ dir });
    const second = await startRedis({ dir });
    expect([second.url, second.pid]).toEqual([first.url, first.pid]);
    expect(await stopRedis(dir)).toBe(true);
    expect(await stopRedis(dir)).toBe(false);
    await second.stop();
  });

  test('keeps its address, its password and what was written, even after kill -9', async () => {
    const dir = join(root, 'killed');
    const first = await startRedis({ dir });
    await withRedis(first.url, (redis) => redis.set('key', 'value'));
    await first.kill();
    const second = await startRedis({ dir });
    onTestFinished(() => second.stop());
    expect(second.url).toBe(first.url);
    expect(await withRedis(second.url, (redis) => redis.get('key'))).toBe('value');
  });

  test('answers on loopback only, not without its password, and not as root', async () => {
    const redis = await startRedis({ dir: join(root, 'closed') });
    onTestFinished(() => redis.stop());
    expect(accountOf(redis.pid)).not.toBe('root');
    const stranger = new URL(redis.url);
    stranger.password = '';
    await expect(withRedis(stranger.href, (client) => client.ping())).rejects.toThrow();
    expect(await withRedis(redis.url, (client) => client.config('GET', 'bind'))).toEqual(['bind', '127.0.0.1']);
  });

  test('says why it could not start', async () => {
    const settings = { 'no-such-setting': 'yes' };
    await expect(startRedis({ dir: join(root, 'wrong'), settings })).rejects.toThrow('no-such-setting');
  });

  async function withRedis<T>(url: string, use: (redis: ReturnType<typeof connect>) => Promise<T>): Promise<T> {
    const redis = connect({ url: url }, 'patient', () => {});
    redis.options.maxRetriesPerRequest = 1;
    try {
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  }
});

function accountOf(pid: number): string {
  return execFileSync('ps', ['-o', 'user=', '-p', String(pid)], { encoding: 'utf8' }).trim();
}
