import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { isDaemon } from '../../infra/services/daemon.ts';
import { nativeRedisWorks } from '../support/shared-services.ts';

describe.skipIf(!(await nativeRedisWorks()))('the servers of a run of tests or benchmarks', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('end with it when it is ended by %s', async (signal) => {
    const dir = await mkdtemp(join(tmpdir(), 'facefinder-run-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    await giveToService(dir);
    const run = spawn(process.execPath, [join(import.meta.dirname, 'run-process.ts'), dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await once(run.stdout, 'data');
    const server = { pid: Number(String(said)), name: 'redis-server' };
    expect(isDaemon(server)).toBe(true);
    run.kill(signal);
    await vi.waitUntil(() => !isDaemon(server) && !existsSync(dir), { timeout: 240_000, interval: 100 });
  });
});
