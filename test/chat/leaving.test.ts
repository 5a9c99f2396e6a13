import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { upkeep } from '../../src/housekeeping/upkeep.ts';
import { en } from '../support/words.ts';
import { change, down } from './erasure-stage.ts';
import { ALICE, action, BOB, CLUB, openStage } from './stage.ts';

const DAY = 86_400_000;

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await stage.agreed(BOB, 'find', ['ben']);
});
afterEach(() => stage[Symbol.asyncDispose]());

/**
 * Makes the shelves refuse everything new except notes of erasures, like a full Redis. Gives the
 * function that undoes this.
 */
function fill(): () => void {
  const { pending } = stage.parts.stores;
  const { put } = pending;
  return change(pending, {
    put: (shelf, item) => (shelf === 'erasure' ? put(shelf, item) : Promise.reject(new Failure('busy'))),
    add: () => Promise.reject(new Failure('busy')),
  });
}

/**
 * Neither shelves nor gallery can be written, as on a full disk; all can be read. Gives the
 * function that makes room.
 */
function fillDisk(): () => void {
  const { pending } = stage.parts.stores;
  const room = [
    change(pending, { put: down, add: down, take: down, drop: down, dropOwned: down, replace: down }),
    change(stage.flow.gallery, { erase: down }),
  ];
  return () => {
    for (const make of room) make();
  };
}

const finds = async () => JSON.stringify(await stage.say(BOB, 'find', ['anna']));

describe('somebody who wants to leave', () => {
  it('is asked and erased, with a receipt, while the shelves accept nothing', async () => {
    fill();
    const confirm = await stage.say(ALICE, 'forget');
    const receipt = await stage.press(ALICE, action(confirm, 'confirm'));
    expect(receipt).toMatchObject([{ kind: 'receipt', of: 'erasure' }]);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  });

  it('is found again after they come back, even if no shelf noted the erasure', async () => {
    const makeRoom = change(stage.parts.stores.pending, { put: () => Promise.reject(new Failure('busy')) });
    const confirm = await stage.say(ALICE, 'forget');
    const receipt = await stage.press(ALICE, action(confirm, 'confirm'));
    expect(receipt).toMatchObject([{ kind: 'receipt', of: 'erasure' }]);
    makeRoom();
    await stage.agreed(ALICE, 'enroll', ['anna']);
    expect(await finds()).toContain('Alice');
  });

  it('is found by nobody while nothing can be written, and is erased once that is possible', async () => {
    expect(await finds()).toContain('Alice');
    const makeRoom = fillDisk();
    const confirm = await stage.say(ALICE, 'forget');
    const answer = await stage.press(ALICE, action(confirm, 'confirm'));
    expect(answer).toEqual([{ kind: 'info', text: en.forget.unnoted }]);
    makeRoom();
    const full = change(stage.flow.gallery, { erase: down });
    expect(await finds()).not.toContain('Alice');
    full();
    await upkeep(stage.parts);
    await expect.poll(() => stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
    await stage.agreed(ALICE, 'enroll', ['anna']);
    expect(await finds()).toContain('Alice');
  });

  it('is named by no search while the gallery accepts nothing: a search that cannot be logged gets no answer', async () => {
    change(stage.flow.gallery, { erase: down, recordFinds: down });
    const confirm = await stage.say(ALICE, 'forget');
    expect(await stage.press(ALICE, action(confirm, 'confirm'))).toEqual([{ kind: 'info', text: en.forget.later }]);
    const told = await stage.say(BOB, 'find', ['anna']);
    expect(told).toMatchObject([{ kind: 'error', code: 'unavailable' }]);
    expect(JSON.stringify(told)).not.toContain('Alice');
  });

  it('is hidden for a day if only the program remembers it', async () => {
    const makeRoom = fillDisk();
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    makeRoom();
    change(stage.flow.gallery, { erase: down });
    stage.clock.ms += DAY - 60_000;
    expect(await finds()).not.toContain('Alice');
    stage.clock.ms += 120_000;
    expect(await finds()).toContain('Alice');
  });

  it('is remembered only by the bot if nothing can be written: a worker beside it may name them until they are erased', async () => {
    const bot = stage.parts.flowOver(stage.flow.queue);
    const makeRoom = fillDisk();
    expect(await bot.eraser.erase(ALICE, CLUB, 'asked', stage.ask(ALICE, 'forget'))).toMatchObject([
      { text: en.forget.unnoted },
    ]);
    expect(bot.eraser.isLeaving(ALICE.platform, ALICE.id)).toBe(true);
    makeRoom();
    const full = change(stage.flow.gallery, { erase: down });
    expect(await finds()).toContain('Alice');
    full();
    await bot.eraser.resume(0);
    await expect.poll(() => stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  });

  it('is remembered only by the running program if nothing can be written: a restart forgets it', async () => {
    fillDisk();
    const confirm = await stage.say(ALICE, 'forget');
    expect(await stage.press(ALICE, action(confirm, 'confirm'))).toEqual([{ kind: 'info', text: en.forget.unnoted }]);
    await stage.restart();
    await upkeep(stage.parts);
    expect(await stage.flow.gallery.scopesOf(ALICE)).toHaveLength(1);
    expect(await finds()).toContain('Alice');
  });
});

describe('a question of how to leave that no shelf accepted', () => {
  it('is answered by nobody else, and once', async () => {
    const makeRoom = fill();
    const confirm = await stage.say(ALICE, 'forget');
    expect(await stage.press(BOB, action(confirm, 'confirm'))).toMatchObject([{ code: 'not_yours' }]);
    makeRoom();
    expect(await stage.press(ALICE, action(confirm, 'cancel'))).toMatchObject([{ text: en.forget.kept }]);
    expect(await stage.press(ALICE, action(confirm, 'confirm'))).toMatchObject([{ code: 'expired' }]);
  });

  it('expires after a while, or when the next one is asked', async () => {
    fill();
    const first = await stage.say(ALICE, 'forget');
    const second = await stage.say(ALICE, 'forget');
    expect(await stage.press(ALICE, action(first, 'confirm'))).toMatchObject([{ code: 'expired' }]);
    stage.clock.ms += 3_600_000;
    expect(await stage.press(ALICE, action(second, 'confirm'))).toMatchObject([{ code: 'expired' }]);
  });
});
