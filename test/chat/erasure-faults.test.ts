import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import type { Job } from '../../src/queue/queue.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

const DAY = 86_400_000;
const down = () => Promise.reject(new Failure('unavailable', { cause: new Error('down') }));
const attempt = { lastTry: false, signal: AbortSignal.timeout(600_000) };

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
});
afterEach(() => stage[Symbol.asyncDispose]());

const notes = async () => await stage.house.stores.pending.list('erasure');
const unfinished = async () => await stage.flow.eraser.unfinished();

/** Changes something of the stage; gives what changes it back. */
function change<T extends object>(part: T, changed: Partial<T>): () => void {
  const before = Object.fromEntries(Object.keys(changed).map((key) => [key, Reflect.get(part, key)]));
  Object.assign(part, changed);
  return () => void Object.assign(part, before);
}

/** What operators are warned of from here on. */
function listen(): string[] {
  const warnings: string[] = [];
  change(stage.flow.log, { warn: (message) => void warnings.push(message) });
  return warnings;
}

/** Keeps what is queued from being done; gives the erasures among it. */
function holdQueue(): Job[] {
  const jobs: Job[] = [];
  change(stage.flow.queue, {
    async add(job: Job) {
      if (job.kind === 'erase') jobs.push(job);
      return 'added';
    },
  });
  return jobs;
}

/** Counts how often bytes are scrubbed; `clean` says how each goes, by its number from 1. */
function scrubs(clean: (nth: number) => boolean) {
  const count = { scrubs: 0 };
  change(stage.flow.gallery, {
    async scrub() {
      count.scrubs += 1;
      return clean(count.scrubs);
    },
  });
  return count;
}

/** Alice is erased, and the bytes stay on disk: the rest is queued, and held back. The final receipt goes to message "f". */
async function forgetButForBytes() {
  const jobs = holdQueue();
  const repair = change(stage.flow.gallery, { scrub: async () => false });
  const ask = stage.ask(ALICE, 'forget', [], { address: { platform: 'telegram', message: 'f' } });
  await stage.flow.eraser.erase(ALICE, CLUB, 'asked', ask, 1);
  const [job] = jobs;
  if (!job) throw new Error('nothing was queued');
  return { job, repair };
}

describe('an erasure is not called done or promised', () => {
  it('when it fails through a fault of ours', async () => {
    for (const fault of [new TypeError('bug'), new Failure('internal'), new Failure('busy')]) {
      const repair = change(stage.flow.gallery, { erase: () => Promise.reject(fault) });
      await expect(stage.flow.eraser.erase(ALICE, CLUB, 'asked')).rejects.toBe(fault);
      repair();
    }
  });

  it('when the store is down, and so are the shelves that would remember it', async () => {
    change(stage.flow.gallery, { erase: down });
    change(stage.house.stores.pending, { put: down });
    await expect(stage.flow.eraser.erase(ALICE, CLUB, 'asked')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('when its note fails through a fault of ours', async () => {
    const fault = new TypeError('bug');
    change(stage.house.stores.pending, { put: () => Promise.reject(fault) });
    await expect(stage.flow.eraser.erase(ALICE, CLUB, 'asked')).rejects.toBe(fault);
  });

  it('when the store says nothing of it, and the rows are there', async () => {
    change(stage.flow.gallery, { erase: async () => undefined });
    await expect(stage.flow.eraser.erase(ALICE, CLUB, 'asked')).rejects.toThrow(/rows are left/);
  });

  it('while rows are left in any of their groups', async () => {
    const notice = await stage.say(ALICE, 'find', ['carl'], { place: TEAM });
    await stage.press(ALICE, action(notice, 'agree'), { place: TEAM });
    let groups = 0;
    change(stage.flow.gallery, {
      async remaining() {
        groups += 1;
        return groups === 2 ? 1 : 0;
      },
    });
    await expect(stage.flow.eraser.erase(ALICE, 'everywhere', 'asked')).rejects.toThrow('1 rows are left');
  });
});

describe('an erasure of somebody of whom nothing is held', () => {
  it('gives no receipt, and scrubs no bytes of the gallery', async () => {
    const count = scrubs(() => true);
    expect(await stage.flow.eraser.erase(BOB, CLUB, 'asked')).toEqual([]);
    expect(count.scrubs).toBe(0);
    expect(await notes()).toEqual([]);
  });

  it('says nothing more once it is done, should it have been left to the queue', async () => {
    const jobs = holdQueue();
    const repair = change(stage.flow.gallery, { standing: down });
    const ask = stage.ask(BOB, 'forget', [], { address: { platform: 'telegram', message: 'f' } });
    expect(await stage.flow.eraser.erase(BOB, CLUB, 'asked', ask)).toMatchObject([{ kind: 'info' }]);
    repair();
    expect(jobs).toHaveLength(1);
    for (const job of jobs) await stage.flow.eraser.handler(job, attempt);
    expect(stage.platform.timesAnswered('f')).toBe(0);
    expect(await notes()).toEqual([]);
  });

  it('ends in nothing where the group is not known', async () => {
    expect(await stage.flow.eraser.erase(ALICE, { ...TEAM, id: 'nowhere' }, 'asked')).toEqual([]);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toHaveLength(1);
  });
});

describe('people of a group who are erased together', () => {
  it('may be none: nothing is scrubbed then', async () => {
    let scrubbed = 0;
    change(stage.house.stores.pending, {
      async scrub() {
        scrubbed += 1;
        return true;
      },
    });
    await stage.flow.eraser.eraseAll([], CLUB);
    expect(scrubbed).toBe(0);
  });

  it('may be one', async () => {
    const count = scrubs(() => true);
    await stage.flow.eraser.eraseAll([{ person: ALICE, reason: 'left' }], CLUB);
    expect(count.scrubs).toBe(1);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
    expect(await notes()).toEqual([]);
  });
});

it('an erasure that the store undid after telling of it has one receipt, of what was removed in the end', async () => {
  const { gallery } = stage.flow;
  const { erase } = gallery;
  let tries = 0;
  change(gallery, {
    async erase(...args: Parameters<typeof erase>) {
      const erased = await erase.apply(gallery, args);
      tries += 1;
      if (erased && tries === 1) await args[4]?.told?.({ ...erased, removed: { ...erased.removed, templates: 99 } });
      return erased;
    },
  });
  const receipts = await stage.flow.eraser.erase(ALICE, CLUB, 'asked');
  expect(receipts).toHaveLength(1);
});

describe('bytes that a read keeps', () => {
  it('go soon after it ended, while the person waits for the one and final receipt', async () => {
    const count = scrubs((nth) => nth === 3);
    expect(await stage.flow.eraser.erase(ALICE, CLUB, 'asked')).toMatchObject([
      { kind: 'receipt', text: expect.stringContaining('bytes have left') },
    ]);
    expect(count.scrubs).toBe(3);
  });

  it('are not called gone when the scrub fails', async () => {
    holdQueue();
    change(stage.flow.gallery, { scrub: down });
    expect(await stage.flow.eraser.erase(ALICE, CLUB, 'asked', undefined, 1)).toMatchObject([
      { kind: 'receipt', text: expect.stringContaining('still being scrubbed') },
    ]);
  });

  it('are waited for three seconds, and not asked after without a pause', async () => {
    holdQueue();
    const count = scrubs(() => false);
    const began = Date.now();
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked');
    expect(Date.now() - began).toBeGreaterThan(2_900);
    expect(Date.now() - began).toBeLessThan(20_000);
    expect(count.scrubs).toBeGreaterThan(1);
    expect(count.scrubs).toBeLessThan(10);
  });

  it('have no second receipt after the deadline of the ask', async () => {
    const { job, repair } = await forgetButForBytes();
    repair();
    stage.clock.ms += 600_000;
    await stage.flow.eraser.handler(job, attempt);
    expect(await notes()).toEqual([]);
    expect(stage.platform.timesAnswered('f')).toBe(0);
  });

  it('have it a moment before', async () => {
    const { job, repair } = await forgetButForBytes();
    repair();
    stage.clock.ms += 599_999;
    await stage.flow.eraser.handler(job, attempt);
    expect(await stage.platform.shownAt('f')).toMatchObject([
      { kind: 'receipt', text: expect.stringContaining('bytes have left') },
    ]);
  });

  it('are gone all the same when the platform does not take the second receipt', async () => {
    const { job, repair } = await forgetButForBytes();
    repair();
    const warnings = listen();
    change(stage.platform.courier, { answer: down });
    await stage.flow.eraser.handler(job, attempt);
    expect(await notes()).toEqual([]);
    expect(warnings).toEqual(['final receipt not delivered']);
  });

  it('do not end what somebody begins who comes back meanwhile, were the store down at first', async () => {
    const jobs = holdQueue();
    const start = change(stage.flow.gallery, { erase: down });
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked');
    start();
    const repair = change(stage.flow.gallery, { scrub: async () => false });
    const [job] = jobs;
    if (!job) throw new Error('nothing was queued');
    await expect(stage.flow.eraser.handler(job, attempt)).rejects.toMatchObject({ code: 'unavailable' });
    const notice = await stage.say(ALICE, 'enroll', ['anna']);
    repair();
    await stage.flow.eraser.handler(job, attempt);
    expect(await stage.press(ALICE, action(notice, 'decline'))).not.toMatchObject([{ kind: 'error' }]);
  });
});

describe('an unfinished erasure', () => {
  it('is none where nobody was erased', async () => {
    expect(await unfinished()).toEqual({ count: 0, oldestMs: 0 });
  });

  it('is counted once, and is as old as its first note', async () => {
    const { job, repair } = await forgetButForBytes();
    stage.clock.ms += 5_000;
    expect(await unfinished()).toEqual({ count: 1, oldestMs: 5_000 });
    await expect(stage.flow.eraser.handler(job, attempt)).rejects.toMatchObject({ code: 'unavailable' });
    stage.clock.ms += 2_000;
    expect(await unfinished()).toEqual({ count: 1, oldestMs: 7_000 });
    repair();
    await stage.flow.eraser.handler(job, attempt);
    expect(await unfinished()).toEqual({ count: 0, oldestMs: 0 });
  });

  it('stays noted for a year', async () => {
    await forgetButForBytes();
    expect((await notes()).map(({ expiresAt }) => expiresAt - stage.clock.ms)).toEqual([365 * DAY]);
  });

  it('is counted from its last note where nobody can read it', async () => {
    await forgetButForBytes();
    const [note] = await notes();
    if (!note) throw new Error('nothing was noted');
    await stage.house.stores.pending.put('erasure', { ...note, body: 'closed by another key' });
    stage.clock.ms += 7_000;
    expect(await unfinished()).toEqual({ count: 1, oldestMs: 7_000 });
  });

  it('is taken up again by nobody while whoever noted it may still be at it', async () => {
    await forgetButForBytes();
    const jobs = holdQueue();
    stage.clock.ms += 59_999;
    await stage.flow.eraser.resume(60_000);
    expect(jobs).toEqual([]);
    stage.clock.ms += 1;
    await stage.flow.eraser.resume(60_000);
    expect(jobs).toHaveLength(1);
  });

  it('that a queue refused is noted, and counted once', async () => {
    const warnings = listen();
    change(stage.flow.queue, { add: down });
    change(stage.flow.gallery, { scrub: async () => false });
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked', undefined, 1);
    expect(await unfinished()).toMatchObject({ count: 1 });
    expect(await notes()).toHaveLength(1);
    expect(warnings).toEqual(['erasure not queued']);
  });

  it('that no shelf took is safe in the queue, and kept nowhere else', async () => {
    const warnings = listen();
    const jobs = holdQueue();
    const repair = change(stage.house.stores.pending, { put: down });
    const mend = change(stage.flow.gallery, { scrub: async () => false });
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked', undefined, 1);
    expect(jobs).toHaveLength(1);
    expect(await unfinished()).toMatchObject({ count: 0 });
    expect(new Set(warnings)).toEqual(new Set(['erasure not noted']));
    repair();
    mend();
    const count = scrubs(() => true);
    for (const job of jobs) await stage.flow.eraser.handler(job, attempt);
    expect(count.scrubs).toBe(1);
  });

  it('that neither shelf nor queue took is kept here until one of them does', async () => {
    const mends = [
      change(stage.house.stores.pending, { put: down }),
      change(stage.flow.queue, { add: down }),
      change(stage.flow.gallery, { scrub: async () => false }),
    ];
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked', undefined, 1);
    expect(await unfinished()).toMatchObject({ count: 1 });
    await stage.flow.eraser.resume(0);
    expect(await unfinished()).toMatchObject({ count: 1 });
    for (const mend of mends) mend();
    await stage.flow.eraser.resume(0);
    await expect.poll(unfinished, { timeout: 20_000 }).toEqual({ count: 0, oldestMs: 0 });
  });
});

describe('a withdrawal', () => {
  it('answers nothing that others wait for', async () => {
    await stage.agreed(BOB, 'enroll', ['ben']);
    holdQueue();
    const waiting = stage.ask(BOB, 'enroll', ['ben~']);
    await stage.chat.ask(waiting);
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked');
    expect(stage.platform.timesAnswered(waiting.address.message)).toBe(0);
  });

  it('goes on when the platform does not take its answer', async () => {
    holdQueue();
    await stage.chat.ask(stage.ask(ALICE, 'enroll', ['anna~']));
    const warnings = listen();
    change(stage.platform.courier, { answer: down });
    expect(await stage.flow.eraser.erase(ALICE, CLUB, 'asked')).toMatchObject([{ kind: 'receipt' }]);
    expect(warnings).toEqual(['withdrawn ask not answered']);
  });
});
