import { expect, it, vi } from 'vitest';
import { Cause } from '../../src/cause.ts';
import { Failure } from '../../src/failure.ts';
import { openHealth } from '../../src/health/health.ts';
import { probes } from '../../src/health/probes.ts';
import type { Log } from '../../src/log.ts';

function open() {
  const clock = { ms: 1_000_000 };
  const level = () => vi.fn<Log['info']>();
  const log = { debug: level(), info: level(), warn: level(), error: level() };
  const health = openHealth({ log, now: () => clock.ms });
  return { health, clock, log, ...probes(health, () => clock.ms) };
}

const fails = (error: unknown) => () => Promise.reject(error);

it('names each part that does not work, in our own sentences, without what a vendor said', async () => {
  const { health, readyz } = open();
  health.watch('gallery', async () => {});
  health.watch('queue', fails(new Failure('unavailable', { cause: new Cause('redis_readonly') })));
  health.watch('models', fails(new Error('secret token 123')));
  const { status, text } = await readyz();
  expect(status).toBe(503);
  expect(text.split('\n')).toEqual([
    'not ready',
    `queue: redis_readonly: ${new Cause('redis_readonly').message}`,
    'models: internal: It does not answer as it should. Run facefinder doctor, and look into the log.',
    '',
  ]);
});

it('answers although a part never does', async () => {
  const { health, readyz } = open();
  health.watch('gallery', () => new Promise(() => {}));
  const { status, text } = await readyz();
  expect(status).toBe(503);
  expect(text).toContain('gallery: unavailable:');
});

it('many who ask at once put one question to each part', async () => {
  const { health, readyz, healthz } = open();
  const check = vi.fn(async () => {});
  health.watch('gallery', check);
  await Promise.all([readyz(), healthz(), readyz()]);
  expect(check).toHaveBeenCalledTimes(1);
  await readyz();
  expect(check).toHaveBeenCalledTimes(2);
});

it('logs when a part stops to work, when it does for another reason, and when it works again', async () => {
  const { health, log } = open();
  let error: unknown = new Failure('unavailable', { cause: new Cause('redis_unreachable') });
  health.watch('queue', async () => {
    if (error) throw error;
  });
  await health.look();
  await health.look();
  error = new Failure('unavailable', { cause: new Cause('redis_loading') });
  await health.look();
  error = undefined;
  await health.look();
  await health.look();
  expect(log.error.mock.calls.map(([event, fields]) => [event, fields?.part, fields?.cause])).toEqual([
    ['does not work', 'queue', 'redis_unreachable'],
    ['does not work', 'queue', 'redis_loading'],
  ]);
  expect(log.info.mock.calls).toEqual([['works again', { part: 'queue' }]]);
});

it('asks to be restarted only for what a restart may mend, once it has lasted', async () => {
  const { health, clock, healthz } = open();
  health.watch('queue', fails(new Failure('unavailable')));
  const children = { fail: true };
  const check = async () => {
    if (children.fail) throw new Failure('unavailable', { cause: new Cause('child_hangs') });
  };
  health.watch('children', check, { isOwn: () => true });
  expect((await healthz()).status).toBe(200);
  clock.ms += 5 * 60_000;
  expect((await healthz()).text).toMatch(/^not ok\nchildren: child_hangs: [^\n]+\n$/);
  children.fail = false;
  expect((await healthz()).status).toBe(200);
});
