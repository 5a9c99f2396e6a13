import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { upkeep } from '../../src/housekeeping/upkeep.ts';
import { fillDisk } from '../support/durable-steps.ts';
import { en } from '../support/words.ts';
import { ALICE, action, BOB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await stage.agreed(BOB, 'find', ['ben']);
  await upkeep(stage.parts);
});
afterEach(() => stage[Symbol.asyncDispose]());

/** A note is written in two steps: its row, and the end of the transaction. */
const STEPS_OF_A_NOTE = 2;

const ballast = () => join(stage.dataDir, 'pending.db-ballast');
const finds = async () => JSON.stringify(await stage.say(BOB, 'find', ['anna']));

it('somebody who wants to leave while the disk is full is noted in the space kept for that, and erased', async () => {
  const makeRoom = fillDisk(() => existsSync(ballast()));
  const receipt = await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
  expect(receipt).toMatchObject([{ kind: 'receipt', of: 'erasure' }]);
  makeRoom();
  expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  await upkeep(stage.parts);
  expect(existsSync(ballast())).toBe(true);
});

it('a program that starts again remembers who wants to leave, even if only the note fitted on the disk', async () => {
  let steps = 0;
  const makeRoom = fillDisk(() => {
    if (existsSync(ballast())) return true;
    steps += 1;
    return steps > STEPS_OF_A_NOTE;
  });
  const told = await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
  expect(told).toEqual([{ kind: 'info', text: en.forget.later }]);
  await stage.restart({}, async () => makeRoom());
  await stage.flow.eraser.resume(0);
  await expect.poll(() => stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  expect(await finds()).not.toContain('Alice');
});
