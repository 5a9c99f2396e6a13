import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import type { Erasure } from '../../src/gallery/erasure.ts';
import { ATTEMPT, change, down, holdQueue, listen, scrubs } from './erasure-stage.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
});
afterEach(() => stage[Symbol.asyncDispose]());

const notes = async () => await stage.parts.stores.pending.list('erasure');

describe('an erasure is not called done or promised', () => {
  it('when it fails through a fault of ours', async () => {
    for (const fault of [new TypeError('bug'), new Failure('internal'), new Failure('busy')]) {
      const repair = change(stage.flow.gallery, { erase: () => Promise.reject(fault) });
      await expect(stage.flow.eraser.erase(ALICE, CLUB, 'asked')).rejects.toBe(fault);
      repair();
    }
  });

  it('when the store and the shelves are down', async () => {
    change(stage.flow.gallery, { erase: down });
    change(stage.parts.stores.pending, { put: down });
    await expect(stage.flow.eraser.erase(ALICE, CLUB, 'asked')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('when its note fails through a fault of ours', async () => {
    const fault = new TypeError('bug');
    change(stage.parts.stores.pending, { put: () => Promise.reject(fault) });
    await expect(stage.flow.eraser.erase(ALICE, CLUB, 'asked')).rejects.toBe(fault);
  });

  it('when the store reports nothing, and the rows are there', async () => {
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

describe('an erasure of somebody without data', () => {
  it('gives no receipt, and scrubs no bytes of the gallery', async () => {
    const count = scrubs(stage, () => true);
    expect(await stage.flow.eraser.erase(BOB, CLUB, 'asked')).toEqual([]);
    expect(count.scrubs).toBe(0);
    expect(await notes()).toEqual([]);
  });

  it('says nothing more once the queue has done it', async () => {
    const { jobs } = holdQueue(stage);
    const repair = change(stage.flow.gallery, { standing: down });
    const ask = stage.ask(BOB, 'forget', [], { address: { platform: 'telegram', message: 'f' } });
    expect(await stage.flow.eraser.erase(BOB, CLUB, 'asked', ask)).toMatchObject([{ kind: 'info' }]);
    repair();
    expect(jobs).toHaveLength(1);
    for (const job of jobs) await stage.flow.eraser.handler(job, ATTEMPT);
    expect(stage.platform.timesAnswered('f')).toBe(0);
    expect(await notes()).toEqual([]);
  });

  it('does nothing if the group is not known', async () => {
    expect(await stage.flow.eraser.erase(ALICE, { ...TEAM, id: 'nowhere' }, 'asked')).toEqual([]);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toHaveLength(1);
  });
});

describe('people of a group who are erased together', () => {
  it('may be none: nothing is scrubbed then', async () => {
    let scrubbed = 0;
    change(stage.parts.stores.pending, {
      async scrub() {
        scrubbed += 1;
        return true;
      },
    });
    await stage.flow.eraser.eraseAll([], CLUB);
    expect(scrubbed).toBe(0);
  });

  it('may be one', async () => {
    const count = scrubs(stage, () => true);
    await stage.flow.eraser.eraseAll([{ person: ALICE, reason: 'left' }], CLUB);
    expect(count.scrubs).toBe(1);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
    expect(await notes()).toEqual([]);
  });
});

it('an erasure that the store undid after reporting it has one receipt, of what was removed in the end', async () => {
  const { gallery } = stage.flow;
  const { erase } = gallery;
  change(gallery, {
    async erase(...args: Parameters<typeof erase>) {
      const [scope, person, reason, at, options] = args;
      const told = async (erased: Erasure) => {
        await options?.onErased?.({ ...erased, removed: { ...erased.removed, templates: 99 } });
        await options?.onErased?.(erased);
      };
      return await erase.call(gallery, scope, person, reason, at, { ...options, told });
    },
  });
  expect(await stage.flow.eraser.erase(ALICE, CLUB, 'asked')).toMatchObject([
    { kind: 'receipt', text: expect.stringContaining('the numbers of 1 selfie, your consent') },
  ]);
});

it('an erasure that the store reported, undid, and did again has one receipt too', async () => {
  const { gallery } = stage.flow;
  const { erase } = gallery;
  const { jobs } = holdQueue(stage);
  const repair = change(gallery, {
    async erase(...args: Parameters<typeof erase>) {
      const [scope, , reason, at, options] = args;
      const removed = { templates: 99, people: 1, finds: 0, findsByThem: 0 };
      const entry = { seq: 1, hash: '' };
      await options?.onErased?.({ scope, reason, at, subject: '', removed, entry });
      return await down();
    },
  });
  const ask = stage.ask(ALICE, 'forget', [], { address: { platform: 'telegram', message: 'f' } });
  expect(await stage.flow.eraser.erase(ALICE, CLUB, 'asked', ask)).toMatchObject([{ kind: 'info' }]);
  repair();
  for (const job of jobs) await stage.flow.eraser.handler(job, ATTEMPT);
  expect(await stage.platform.shownAt('f')).toMatchObject([
    { kind: 'receipt', text: expect.stringContaining('the numbers of 1 selfie, your consent') },
  ]);
});

describe('an erasure during which the program dies after the rows are gone, and before an answer', () => {
  beforeEach(async () => {
    const { gallery } = stage.flow;
    const { erase } = gallery;
    const died = Promise.withResolvers<void>();
    change(gallery, {
      async erase(...args: Parameters<typeof erase>) {
        await erase.apply(gallery, args);
        died.resolve();
        return await new Promise(() => {});
      },
    });
    const ask = stage.ask(ALICE, 'forget', [], { address: { platform: 'telegram', message: 'f' } });
    void stage.flow.eraser.erase(ALICE, CLUB, 'asked', ask);
    await died.promise;
    await stage.restart();
  });

  it('leaves what the person began since', async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.flow.eraser.resume(0);
    await stage.platform.shownAt('f');
    expect(await stage.flow.gallery.scopesOf(ALICE)).toHaveLength(1);
  });

  it('has a receipt of what was removed', async () => {
    await stage.flow.eraser.resume(0);
    expect(await stage.platform.shownAt('f')).toMatchObject([
      { kind: 'receipt', text: expect.stringContaining('the numbers of 1 selfie, your consent') },
    ]);
  });
});

describe('a withdrawal', () => {
  it('reaches what a platform keeps of the person: their uploads and pictures', async () => {
    const forgotten: string[] = [];
    change(stage.platform.courier, { forget: (personId) => void forgotten.push(personId) });
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked');
    expect(forgotten).toEqual([ALICE.id]);
  });

  it('answers no ask of others', async () => {
    await stage.agreed(BOB, 'enroll', ['ben']);
    holdQueue(stage);
    const waiting = stage.ask(BOB, 'enroll', ['ben~']);
    await stage.chat.ask(waiting);
    await stage.flow.eraser.erase(ALICE, CLUB, 'asked');
    expect(stage.platform.timesAnswered(waiting.address.message)).toBe(0);
  });

  it('goes on when the platform does not accept its answer', async () => {
    holdQueue(stage);
    await stage.chat.ask(stage.ask(ALICE, 'enroll', ['anna~']));
    const warnings = listen(stage);
    change(stage.platform.courier, { answer: down });
    expect(await stage.flow.eraser.erase(ALICE, CLUB, 'asked')).toMatchObject([{ kind: 'receipt' }]);
    expect(warnings).toEqual(['withdrawn ask not answered']);
  });
});
