import { expect, it, vi } from 'vitest';
import { Cause } from '../../src/cause.ts';
import { watchHearing } from '../../src/health/hearing.ts';
import type { Log } from '../../src/log.ts';

function open() {
  const clock = { ms: 1_000_000 };
  const level = () => vi.fn<Log['info']>();
  const log = { debug: level(), info: level(), warn: level(), error: level() };
  const onRefused = vi.fn();
  const hearing = watchHearing({ platform: 'telegram', log, now: () => clock.ms, onRefused });
  return { hearing, clock, log, onRefused };
}

const unreachable = () => new Cause('telegram_unreachable');

it('is not ready before the platform was heard', async () => {
  const { hearing } = open();
  await expect(hearing.check()).rejects.toMatchObject({ code: 'unavailable', cause: { code: 'starting' } });
  hearing.heard();
  await hearing.check();
});

it('a short loss is forgiven; its cause is told within a minute, until the platform is heard again', async () => {
  const { hearing, clock } = open();
  hearing.heard();
  hearing.lost(unreachable());
  clock.ms += 45_000;
  hearing.lost(unreachable());
  await hearing.check();
  // Time for the next look, which comes 5 s later at most.
  clock.ms += 10_000;
  await expect(hearing.check()).rejects.toMatchObject({ cause: { code: 'telegram_unreachable' } });
  hearing.heard();
  await hearing.check();
});

it('a loss that is noticed late counts from when the platform was last heard', async () => {
  const { hearing, clock } = open();
  hearing.heard();
  hearing.lost(unreachable(), clock.ms - 61_000);
  await expect(hearing.check()).rejects.toMatchObject({ code: 'unavailable' });
});

it('logs a loss once, another cause of it, and its end', () => {
  const { hearing, clock, log } = open();
  hearing.heard();
  for (let times = 0; times < 3; times++) hearing.lost(unreachable());
  hearing.lost(new Cause('telegram_conflict'));
  clock.ms += 5_000;
  hearing.heard();
  hearing.heard();
  expect(log.warn.mock.calls.map(([event, fields]) => [event, fields?.cause])).toEqual([
    ['not listening', 'telegram_unreachable'],
    ['not listening', 'telegram_conflict'],
  ]);
  expect(log.info.mock.calls).toEqual([
    ['listening', { platform: 'telegram' }],
    ['listening', { platform: 'telegram', lostMs: 5_000 }],
  ]);
});

it('a fatal cause is forgiven as a slip twice, and is a refusal the third time in a row', () => {
  const { hearing, onRefused } = open();
  const refusal = () => new Cause('telegram_token');
  hearing.heard();
  expect([hearing.lost(refusal()), hearing.lost(refusal())]).toEqual([true, true]);
  hearing.heard();
  expect([hearing.lost(refusal()), hearing.lost(refusal())]).toEqual([true, true]);
  expect(onRefused).not.toHaveBeenCalled();
  expect(hearing.lost(refusal())).toBe(false);
  expect(onRefused).toHaveBeenCalledOnce();
});

it('a refusal is final, and said once', async () => {
  const { hearing, log, onRefused } = open();
  hearing.heard();
  const cause = new Cause('telegram_token');
  hearing.refused(cause);
  hearing.refused(cause);
  hearing.heard();
  expect(onRefused).toHaveBeenCalledExactlyOnceWith(cause);
  expect(log.error.mock.calls).toEqual([
    ['refused for good', { platform: 'telegram', cause: 'telegram_token', says: cause.message }],
  ]);
  await expect(hearing.check()).rejects.toMatchObject({ cause: { code: 'telegram_token' } });
});
