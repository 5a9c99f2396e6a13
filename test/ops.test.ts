import { expect, it } from 'vitest';
import { Cause } from '../src/cause.ts';
import { Failure } from '../src/failure.ts';
import { openHealth } from '../src/health/health.ts';
import { probes } from '../src/health/probes.ts';
import { openLog } from '../src/log.ts';
import { openMetrics } from '../src/metrics/metrics.ts';
import { listenOps } from '../src/ops.ts';

it('tells health, readiness and counts without names', async () => {
  const metrics = openMetrics();
  metrics.answered('find', [{ kind: 'error', code: 'no_face' }], 1_500);
  metrics.watchQueue('jobs', async () => ({ waiting: 3, running: 1, oldestMs: 2_500, workers: 2 }));
  metrics.watchQueue('page', async () => ({ waiting: 0, running: 2, oldestMs: 0, workers: 1 }));
  let isReady = true;
  const health = openHealth({ log: openLog('silent') });
  health.watch('queue', async () => {
    if (!isReady) throw new Failure('unavailable', { cause: new Cause('redis_readonly') });
  });
  await using ops = await listenOps({ port: 0, metrics, probes: probes(health) });
  const get = (path: string) => fetch(`http://127.0.0.1:${ops.port}${path}`);

  expect((await get('/healthz')).status).toBe(200);
  expect((await get('/readyz')).status).toBe(200);
  isReady = false;
  expect((await get('/healthz')).status).toBe(200);
  const refused = await get('/readyz');
  expect(refused.status).toBe(503);
  expect(await refused.text()).toMatch(/^not ready\nqueue: redis_readonly: This Redis is a replica/);
  const text = await (await get('/metrics')).text();
  expect(text).toContain('facefinder_answers_total{command="find",kind="error",code="no_face"} 1');
  expect(text).toContain('facefinder_queue_jobs{queue="jobs",state="waiting"} 3');
  expect(text).toContain('facefinder_queue_jobs{queue="page",state="running"} 2');
  expect(text).toContain('facefinder_queue_oldest_seconds{queue="jobs"} 2.5');
  expect(text).toContain('facefinder_queue_workers{queue="jobs"} 2');
  expect(text).toContain('facefinder_answer_seconds_sum{command="find"} 1.5');
  expect((await get('/elsewhere')).status).toBe(404);
});

it('still tells everything else when the queue cannot be reached', async () => {
  const metrics = openMetrics();
  metrics.answered('find', [{ kind: 'result' }], 200);
  metrics.watchQueue('page', async () => ({ waiting: 1, running: 0, oldestMs: 0, workers: 1 }));
  metrics.watchQueue('jobs', async () => {
    throw new Error('Redis is down');
  });
  const text = await metrics.text();
  expect(text).toContain('facefinder_answers_total{command="find",kind="result",code=""} 1');
  expect(text).toContain('facefinder_queue_jobs{queue="page",state="waiting"} 1');
  expect(text).not.toContain('queue="jobs"');
});
