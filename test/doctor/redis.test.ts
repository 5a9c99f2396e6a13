import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { type RunningRedis, startRedis } from '../../infra/services/redis.ts';
import { readConfig } from '../../src/config.ts';
import { examine } from '../../src/doctor/examine.ts';
import type { Finding } from '../../src/finding.ts';
import { nativeRedisWorks } from '../support/shared-services.ts';

describe.skipIf(!(await nativeRedisWorks()))('what doctor says about the settings of Redis', () => {
  let dir: string;
  let redis: RunningRedis;
  let operator: Redis;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'facefinder-doctor-'));
    await giveToService(dir);
    redis = await startRedis({ dir });
    operator = new Redis(redis.url);
  });
  afterAll(async () => {
    operator?.disconnect();
    await redis?.stop();
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(() => set({ appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' }));

  async function set(settings: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) await operator.config('SET', name, value);
  }

  /**
   * What doctor finds in the settings of Redis. Elasticsearch is missing, which is another finding.
   */
  async function findingOn(url = redis.url): Promise<Finding | undefined> {
    const MASTER_KEY = randomBytes(32).toString('base64');
    const stores = { REDIS_URL: url, ELASTICSEARCH_URL: 'http://127.0.0.1:1' };
    const findings = await examine(readConfig({ DATA_DIR: dir, MASTER_KEY, ...stores }, dir));
    return findings.find(({ part }) => part === 'settings (Redis)');
  }

  /** The address for a user with fewer rights, as on a managed Redis. */
  async function addressOf(name: string, ...rights: string[]): Promise<string> {
    await operator.call('ACL', 'SETUSER', name, 'on', '>secret', '~*', '+@all', ...rights);
    const url = new URL(redis.url);
    url.username = name;
    url.password = 'secret';
    return url.href;
  }

  it('nothing to do with those that are shipped', async () => {
    const finding = await findingOn();
    expect(finding).toMatchObject({ state: 'ok', what: expect.stringContaining('appendfsync always') });
    expect(finding).not.toHaveProperty('todo');
  });

  it.each([
    ['appendonly', 'no'],
    ['appendfsync', 'everysec'],
    ['maxmemory-policy', 'allkeys-lru'],
  ])('%s %s: doctor says what is lost, and what to set', async (name, value) => {
    const right = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' }[name];
    await set({ [name]: value });
    const finding = await findingOn();
    expect(finding).toMatchObject({ state: 'warn', what: expect.stringContaining(`${name} ${value}`) });
    expect(finding?.todo).toContain(`${name} ${right}`);
  });

  it('several that are wrong stand in one line', async () => {
    await set({ appendonly: 'no', 'maxmemory-policy': 'volatile-lru' });
    expect((await findingOn())?.what).toMatch(/appendonly no, maxmemory-policy volatile-lru/);
  });

  it('a managed Redis does not tell some settings, and all others are checked', async () => {
    const url = await addressOf('guest', '-config');
    expect(await findingOn(url)).toMatchObject({
      state: 'warn',
      what: 'cannot be checked: appendfsync',
      todo: expect.stringContaining('appendfsync always'),
    });
    await set({ 'maxmemory-policy': 'allkeys-lfu' });
    expect((await findingOn(url))?.what).toBe('maxmemory-policy allkeys-lfu; cannot be checked: appendfsync');
    expect((await findingOn(await addressOf('stranger', '-config', '-info')))?.what).toBe(
      'cannot be checked: appendonly, appendfsync, maxmemory-policy',
    );
  });

  it('a Redis that does not answer fails, with what to look at', async () => {
    expect(await findingOn('redis://127.0.0.1:1')).toMatchObject({
      state: 'fail',
      todo: expect.stringContaining('REDIS_URL'),
    });
  });
});
