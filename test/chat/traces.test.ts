import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { snapshot } from '../e2e/snapshot.ts';
import { ALICE, action, BOB, CLUB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

const scopes = () => stage.flow.gallery.scopes();

describe('nothing is stored of a group in which nobody agreed to anything', () => {
  it.each(['help', 'privacy', 'mydata', 'forget'])('when somebody sends /%s', async (command) => {
    expect(await stage.say(ALICE, command)).toMatchObject([{ kind: 'info' }]);
    expect(await scopes()).toEqual([]);
  });

  it.each(['find', 'enroll'])('when somebody sends /%s without a photo', async (command) => {
    expect(await stage.say(ALICE, command)).toMatchObject([{ code: 'no_photo' }]);
    expect(await scopes()).toEqual([]);
  });

  it.each(['find', 'enroll'])('when somebody declines what /%s asks', async (command) => {
    const notice = await stage.say(ALICE, command, ['anna']);
    expect(await scopes()).toEqual([]);
    await stage.press(ALICE, action(notice, 'decline'));
    expect(await scopes()).toEqual([]);
  });

  it('when somebody leaves it', async () => {
    await stage.chat.left(CLUB, ALICE);
    expect(await scopes()).toEqual([]);
  });

  it('when the bot is removed from it', async () => {
    await stage.chat.removed(CLUB);
    expect(await scopes()).toEqual([]);
  });
});

it('the first who agrees makes the group known, by a button or by a form', async () => {
  await stage.press(ALICE, action(await stage.say(ALICE, 'find', ['anna']), 'agree'));
  expect(await scopes()).toMatchObject([{ places: [CLUB] }]);
  const elsewhere = { ...CLUB, id: '-900' };
  const { hash } = stage.flow.notices('enrol', 'en', CLUB);
  const form = { choice: 'agree', args: `notice:${hash}`, place: elsewhere };
  expect(await stage.say(ALICE, 'enroll', ['anna'], form)).toMatchObject([{ kind: 'enrolled' }]);
  expect(await scopes()).toHaveLength(2);
});

it('a search for people who never agreed leaves nothing in the gallery', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await stage.agreed(BOB, 'find', ['nobody']);
  const gallery = () => [...snapshot(stage.dataDir)].filter(([, where]) => where.startsWith('gallery.db'));
  const before = gallery();
  expect(await stage.say(BOB, 'find', ['carl,dora'])).toMatchObject([{ kind: 'result', faces: [{}, {}] }]);
  expect(gallery()).toEqual(before);
  // A search that finds somebody who agreed is noted among that person's finds.
  await stage.say(BOB, 'find', ['anna,carl']);
  expect(gallery()).not.toEqual(before);
});
