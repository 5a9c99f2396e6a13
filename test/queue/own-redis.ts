import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { type RunningRedis, startRedis } from '../../infra/services/redis.ts';
import { connect } from '../../src/queue/redis/connection.ts';

export interface OwnRedis extends RunningRedis {
  readonly dir: string;
  readonly port: number;
  /** With all rights. */
  readonly admin: Redis;
  /** Starts it again, with its data, after a kill or stop. */
  restart(): Promise<void>;
  /** Its address for another user. */
  urlFor(user: string, password: string): string;
}

/**
 * A Redis for the running test alone, with further lines of redis.conf. The test's end removes it.
 */
export async function ownRedis(settings: Readonly<Record<string, string>> = {}): Promise<OwnRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'own-redis-'));
  await giveToService(dir);
  let running = await startRedis({ dir, settings });
  const admin = connect(running, 'patient', () => {});
  onTestFinished(async () => {
    admin.disconnect();
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const { host, port } = new URL(running.url);
  return {
    ...running,
    dir,
    port: Number(port),
    admin,
    async restart() {
      running = await startRedis({ dir, settings });
    },
    urlFor: (user, password) => `redis://${user}:${password}@${host}`,
  };
}
