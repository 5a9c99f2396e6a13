import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ATTEMPT, change, down, forget, forgetButForBytes, holdQueue, listen, scrubs } from './erasure-stage.ts';
import { ALICE, action, CLUB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
});
afterEach(async () => {
  vi.useRealTimers();
  await stage[Symbol.asyncDispose]();
});

const notes = async () => await stage.parts.stores.pending.list('erasure');

describe('bytes that a read keeps', () => {
  it('go soon after it ended, while the person waits for the one and final receipt', async () => {
    const count = scrubs(stage, (nth) => nth === 3);
    expect(await stage.flow.eraser.erase(ALICE, CLUB, 'asked', undefined, 600_000)).toMatchObject([
      { kind: 'receipt', text: expect.stringContaining('bytes have left') },
    ]);
    expect(count.scrubs).toBe(3);
  });

  it('are tried again after a short pause', async () => {
    const order: string[] = [];
    let late: NodeJS.Timeout | undefined;
    scrubs(stage, (nth) => {
      clearTimeout(late);
      order.push('scrub');
      if (nth === 3) return true;
      // These two timers begin together with the wait for the next scrub. The timers that end
      // before it show how long it is, even on a busy machine.
      setTimeout(() => order.push('0.1 s'), 100);
      late = setTimeout(() => order.push('2.5 s'), 2_500);
      return false;
    });
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked', undefined, 600_000);
    expect(order).toEqual(['scrub', '0.1 s', 'scrub', '0.1 s', 'scrub']);
  });

  it('are not called gone when the scrub fails', async () => {
    holdQueue(stage);
    change(stage.flow.gallery, { scrub: down });
    expect(await stage.flow.eraser.erase(ALICE, CLUB, 'asked', undefined, 1)).toMatchObject([
      { kind: 'receipt', text: expect.stringContaining('still being scrubbed') },
    ]);
  });

  it('are waited for three seconds', async () => {
    holdQueue(stage);
    vi.useFakeTimers({ toFake: ['Date'] });
    const count = scrubs(stage, () => {
      vi.setSystemTime(Date.now() + 1_000);
      return false;
    });
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked');
    expect(count.scrubs).toBe(3);
  });

  it('are left to the queue at once when nobody waits', async () => {
    const { jobs } = holdQueue(stage);
    const count = scrubs(stage, () => true);
    expect(await stage.flow.eraser.erase(ALICE, CLUB, 'asked', undefined, 0)).toMatchObject([
      { kind: 'receipt', text: expect.stringContaining('still being scrubbed') },
    ]);
    expect(jobs).toHaveLength(1);
    expect(count.scrubs).toBe(0);
  });

  it('have no second receipt after the deadline of the ask', async () => {
    const { job, repair } = await forgetButForBytes(stage);
    repair();
    stage.clock.ms += 600_000;
    await stage.flow.eraser.handler(job, ATTEMPT);
    expect(await notes()).toEqual([]);
    expect(stage.platform.timesAnswered('f')).toBe(0);
  });

  it('have a second receipt a moment before the deadline', async () => {
    const { job, repair } = await forgetButForBytes(stage);
    repair();
    stage.clock.ms += 599_999;
    await stage.flow.eraser.handler(job, ATTEMPT);
    expect(await stage.platform.shownAt('f')).toMatchObject([
      { kind: 'receipt', text: expect.stringContaining('bytes have left') },
    ]);
  });

  it('are gone even if the platform does not accept the second receipt', async () => {
    const { job, repair } = await forgetButForBytes(stage);
    repair();
    const warnings = listen(stage);
    change(stage.platform.courier, { answer: down });
    await stage.flow.eraser.handler(job, ATTEMPT);
    expect(await notes()).toEqual([]);
    expect(warnings).toEqual(['final receipt not delivered']);
  });

  it('leave what somebody begins who comes back meanwhile, even if the store was down at first', async () => {
    const { jobs } = holdQueue(stage);
    const start = change(stage.flow.gallery, { erase: down });
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked');
    start();
    const repair = change(stage.flow.gallery, { scrub: async () => false });
    const [job] = jobs;
    if (!job) throw new Error('nothing was queued');
    await expect(stage.flow.eraser.handler(job, ATTEMPT)).rejects.toMatchObject({ code: 'unavailable' });
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    repair();
    await stage.flow.eraser.handler(job, ATTEMPT);
    expect(await stage.press(ALICE, action(notice, 'decline'))).not.toMatchObject([{ kind: 'error' }]);
  });
});

it('the first receipt says that bytes are still on disk, and the final receipt replaces it', async () => {
  const repair = change(stage.flow.gallery, { scrub: async () => false });
  expect(await forget(stage)).toMatchObject([
    { kind: 'receipt', text: expect.stringContaining('still being scrubbed') },
  ]);
  repair();
  await expect
    .poll(() => stage.platform.shownAt('f'))
    .toMatchObject([{ kind: 'receipt', text: expect.stringContaining('bytes have left') }]);
});

it('on the page, which gets one answer, nobody is promised a final receipt', async () => {
  change(stage.platform.courier, { audience: 'alone' });
  const repair = change(stage.flow.gallery, { scrub: async () => false });
  const told = await forget(stage);
  expect(told).toMatchObject([
    { kind: 'receipt', text: expect.stringContaining('that goes on by itself until it is done') },
  ]);
  expect(told).not.toMatchObject([{ text: expect.stringContaining('receipt follows') }]);
  repair();
  await expect.poll(notes).toEqual([]);
  expect(await stage.platform.shownAt('f')).toEqual(told);
});

it('bytes that are gone after the wait, but before the queue takes the task, have their final receipt too', async () => {
  const slow = Promise.withResolvers<boolean>();
  change(stage.flow.gallery, { scrub: () => slow.promise });
  const { jobs } = holdQueue(stage);
  expect(await forget(stage)).toMatchObject([
    { kind: 'receipt', text: expect.stringContaining('still being scrubbed') },
  ]);
  slow.resolve(true);
  await expect.poll(notes).toEqual([]);
  for (const job of jobs) await stage.flow.eraser.handler(job, ATTEMPT);
  expect(await stage.platform.shownAt('f')).toMatchObject([
    { kind: 'receipt', text: expect.stringContaining('bytes have left') },
  ]);
});

it('somebody who enrols again while bytes of the erasure are still scrubbed stays enrolled', async () => {
  const repair = change(stage.flow.gallery, { scrub: async () => false });
  await forget(stage);
  expect(await stage.agreed(ALICE, 'enroll', ['anna'])).toMatchObject([{ kind: 'enrolled', templates: 1 }]);
  repair();
  await expect
    .poll(() => stage.platform.shownAt('f'))
    .toMatchObject([{ kind: 'receipt', text: expect.stringContaining('bytes have left') }]);
  expect(await stage.flow.gallery.scopesOf(ALICE)).toHaveLength(1);
});
