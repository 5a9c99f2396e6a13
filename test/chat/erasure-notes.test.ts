import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { taskShelf } from '../../src/chat/erasure/shelf.ts';
import { ATTEMPT, change, down, forgetButForBytes, holdQueue, listen, scrubs } from './erasure-stage.ts';
import { ALICE, CLUB, openStage } from './stage.ts';

const DAY = 86_400_000;

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
});
afterEach(() => stage[Symbol.asyncDispose]());

const notes = async () => await stage.parts.stores.pending.list('erasure');
const unfinished = async () => await stage.flow.eraser.unfinished();

describe('an unfinished erasure', () => {
  it('is not counted when nobody was erased', async () => {
    expect(await unfinished()).toEqual({ count: 0, oldestMs: 0 });
  });

  it('is counted once, and is as old as its first note', async () => {
    const { job, repair } = await forgetButForBytes(stage);
    stage.clock.ms += 5_000;
    expect(await unfinished()).toEqual({ count: 1, oldestMs: 5_000 });
    await expect(stage.flow.eraser.handler(job, ATTEMPT)).rejects.toMatchObject({ code: 'unavailable' });
    stage.clock.ms += 2_000;
    expect(await unfinished()).toEqual({ count: 1, oldestMs: 7_000 });
    repair();
    await stage.flow.eraser.handler(job, ATTEMPT);
    expect(await unfinished()).toEqual({ count: 0, oldestMs: 0 });
  });

  it('stays noted for a year', async () => {
    await forgetButForBytes(stage);
    expect((await notes()).map(({ expiresAt }) => expiresAt - stage.clock.ms)).toEqual([365 * DAY]);
  });

  it('is counted from its last note if nobody can read it', async () => {
    await forgetButForBytes(stage);
    const [note] = await notes();
    if (!note) throw new Error('nothing was noted');
    await stage.parts.stores.pending.put('erasure', { ...note, body: 'closed by another key' });
    stage.clock.ms += 7_000;
    expect(await unfinished()).toEqual({ count: 1, oldestMs: 7_000 });
  });

  it('is counted from its last note if that does not say when the first was, like those of 0.1.0', async () => {
    await forgetButForBytes(stage);
    const [note] = await notes();
    if (!note) throw new Error('nothing was noted');
    const onShelf = taskShelf({ pending: stage.parts.stores.pending, keys: stage.flow.keys });
    const { since, ...value } = onShelf.open(note.id, note.body);
    await onShelf.put({ ...note, value });
    stage.clock.ms += 7_000;
    expect(await unfinished()).toEqual({ count: 1, oldestMs: 7_000 });
  });

  it('is not taken up again while the process that noted it may still work on it', async () => {
    await forgetButForBytes(stage);
    const { jobs } = holdQueue(stage);
    stage.clock.ms += 59_999;
    await stage.flow.eraser.resume(60_000);
    expect(jobs).toEqual([]);
    stage.clock.ms += 1;
    await stage.flow.eraser.resume(60_000);
    expect(jobs).toHaveLength(1);
  });

  it('that a queue refused is noted, and counted once', async () => {
    const warnings = listen(stage);
    change(stage.flow.queue, { add: down });
    change(stage.flow.gallery, { scrub: async () => false });
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked', undefined, 1);
    expect(await unfinished()).toMatchObject({ count: 1 });
    expect(await notes()).toHaveLength(1);
    expect(warnings).toEqual(['erasure not queued']);
  });

  it('that no shelf took is safe in the queue, and kept nowhere else', async () => {
    const warnings = listen(stage);
    const { jobs } = holdQueue(stage);
    const repair = change(stage.parts.stores.pending, { put: down });
    const mend = change(stage.flow.gallery, { scrub: async () => false });
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked', undefined, 1);
    expect(jobs).toHaveLength(1);
    expect(await unfinished()).toMatchObject({ count: 0 });
    expect(new Set(warnings)).toEqual(new Set(['erasure not noted']));
    repair();
    mend();
    const count = scrubs(stage, () => true);
    for (const job of jobs) await stage.flow.eraser.handler(job, ATTEMPT);
    expect(count.scrubs).toBe(1);
  });

  it('that was done meanwhile is not done again to somebody who is back', async () => {
    const { jobs, letGo } = holdQueue(stage);
    const repair = change(stage.flow.gallery, { scopeOf: down });
    const ask = stage.ask(ALICE, 'forget', [], { address: { platform: 'telegram', message: 'f' } });
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked', ask, 1);
    repair();
    letGo();
    for (const job of jobs) await stage.flow.eraser.handler(job, ATTEMPT);
    const scope = await stage.scope();
    expect(await stage.flow.gallery.dossier(scope, ALICE)).toBeUndefined();
    await stage.agreed(ALICE, 'enroll', ['anna']);
    for (const job of jobs) await stage.flow.eraser.handler(job, ATTEMPT);
    expect((await stage.flow.gallery.dossier(scope, ALICE))?.templates).toHaveLength(1);
  });

  it('that neither shelf nor queue accepted is kept in memory until one of them does', async () => {
    const mends = [
      change(stage.parts.stores.pending, { put: down }),
      change(stage.flow.queue, { add: down }),
      change(stage.flow.gallery, { scrub: async () => false }),
    ];
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked', undefined, 1);
    expect(await unfinished()).toMatchObject({ count: 1 });
    await stage.flow.eraser.resume(0);
    expect(await unfinished()).toMatchObject({ count: 1 });
    for (const mend of mends) mend();
    await stage.flow.eraser.resume(0);
    await expect.poll(unfinished).toEqual({ count: 0, oldestMs: 0 });
  });
});
