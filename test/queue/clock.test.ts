import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bullmqQueue } from '../../src/queue/bullmq.ts';
import { redisClock } from '../../src/queue/redis/clock.ts';
import { connect } from '../../src/queue/redis/connection.ts';
import { sharedRedis } from '../support/shared-services.ts';
import { ask, emptied, eventually } from './jobs.ts';

const redis = await sharedRedis();
const MINUTE = 60_000;

describe.skipIf(!redis)('a machine whose clock is wrong', () => {
  const url = redis?.url ?? '';

  test.each([20, -20])('by %i minutes answers every ask, and drops none that has time left', async (minutes) => {
    const prefix = `{test-${randomUUID()}}`;
    await using queue = bullmqQueue({ url, prefix });
    const worker = await startWorker({ url, prefix }, minutes);
    const jobs = Array.from({ length: 5 }, () => ask({ deadline: queue.now() + 14 * MINUTE }));
    for (const job of jobs) await queue.add(job);
    await eventually(() => expect(worker.finished).toEqual(jobs.map(({ id }) => id)));
    await emptied(queue);
    expect(worker.lost).toEqual([]);
  });

  test.each([20, -20])('by %i minutes still drops what is past its deadline, and tells', async (minutes) => {
    const prefix = `{test-${randomUUID()}}`;
    await using queue = bullmqQueue({ url, prefix });
    const worker = await startWorker({ url, prefix }, minutes);
    await queue.add(ask({ deadline: queue.now() - MINUTE }));
    await eventually(() => expect(worker.lost).toEqual(['overdue']));
    expect(worker.finished).toEqual([]);
  });

  test.each([20, -20])('by %i minutes: its check fails and names how much, and it is told once', async (minutes) => {
    const told: unknown[] = [];
    const connection = connect({ url }, 'prompt', () => {});
    const local = () => Date.now() + minutes * MINUTE;
    using clock = redisClock({ redis: connection, local, onError: (cause) => told.push(cause) });
    await clock.asked;
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(10 * MINUTE);
    expect(() => clock.check()).toThrow(minutes > 0 ? /1200 s ahead of Redis/ : /1200 s behind Redis/);
    connection.emit('ready');
    await connection.time();
    expect(told).toMatchObject([{ code: 'clock_skew' }]);
    connection.disconnect();
  });

  test('by less than ten seconds is fine, and set right again it is fine too', async () => {
    const connection = connect({ url }, 'prompt', () => {});
    let aheadMs = 9_000;
    using clock = redisClock({ redis: connection, local: () => Date.now() + aheadMs, onError: () => {} });
    await clock.asked;
    clock.check();
    for (const [set, isRight] of [
      [11_500, false],
      [0, true],
    ] as const) {
      aheadMs = set;
      connection.emit('ready');
      await eventually(() => {
        if (isRight) clock.check();
        else expect(() => clock.check()).toThrow();
      });
    }
    connection.disconnect();
  });
});

interface Worker {
  readonly finished: string[];
  readonly lost: string[];
}

/** A worker in its own process whose whole clock is `minutes` ahead. */
async function startWorker(
  options: { readonly url: string; readonly prefix: string },
  minutes: number,
): Promise<Worker> {
  const skewed = `const { now } = Date; Date.now = () => now() + ${minutes * MINUTE};`;
  const child = fork(
    new URL('worker-process.ts', import.meta.url),
    [JSON.stringify({ concurrency: 1, hold: false, ...options })],
    { execArgv: ['--import', `data:text/javascript,${encodeURIComponent(skewed)}`] },
  );
  onTestFinished(() => stop(child));
  const worker: Worker = { finished: [], lost: [] };
  child.on('message', (message: { finished?: string; lost?: string }) => {
    if (message.finished) worker.finished.push(message.finished);
    if (message.lost) worker.lost.push(message.lost);
  });
  await once(child, 'message');
  return worker;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
