import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { sweep } from '../../src/housekeeping/sweep.ts';
import { upkeep } from '../../src/housekeeping/upkeep.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from '../chat/stage.ts';

const CARL = { ...ALICE, id: '1003', name: 'Carl' };

const DAY = 86_400_000;

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await stage.agreed(BOB, 'enroll', ['ben']);
});
afterEach(() => stage[Symbol.asyncDispose]());

const left = async () => (await stage.flow.gallery.people(await stage.scope())).map(({ person }) => person.name);

it('erases who left the group, and only them', async () => {
  stage.platform.memberships.set(ALICE.id, 'gone');
  expect(await sweep(stage.parts, 365)).toMatchObject({ people: 2, erased: 1, alarms: 0 });
  expect(await left()).toEqual(['Bob']);
});

it('erases nobody because the platform is down', async () => {
  stage.platform.memberships.set(ALICE.id, 'down');
  stage.platform.memberships.set(BOB.id, 'down');
  expect(await sweep(stage.parts, 365)).toMatchObject({ erased: 0 });
});

describe('somebody of whom the platform does not say whether they are there', () => {
  const noted = () => stage.parts.stores.pending.list('unproven');
  async function sweepDaily(days: number) {
    for (let day = 0; day < days; day++) {
      stage.clock.ms += DAY;
      await sweep(stage.parts, 365);
    }
  }
  beforeEach(() => void stage.platform.memberships.set(ALICE.id, 'no_proof'));

  it('is erased after 30 days in which others were shown to be members, and no note of it is left', async () => {
    await sweepDaily(30);
    expect(await left()).toEqual(['Alice', 'Bob']);
    expect(await noted()).toHaveLength(1);
    await stage.restart();
    await sweepDaily(1);
    expect(await left()).toEqual(['Bob']);
    expect(await noted()).toEqual([]);
  });

  it('is kept where it says so of nobody: then the bot is refused, not the person', async () => {
    stage.platform.memberships.set(BOB.id, 'no_proof');
    await sweepDaily(60);
    expect(await left()).toEqual(['Alice', 'Bob']);
    expect(await noted()).toEqual([]);
  });

  it('begins anew once shown to be a member, by the platform or by a message from inside', async () => {
    await sweepDaily(20);
    stage.platform.memberships.set(ALICE.id, 'member');
    await sweepDaily(1);
    stage.platform.memberships.set(ALICE.id, 'no_proof');
    await sweepDaily(20);
    await stage.agreed(ALICE, 'find', ['ben']);
    await sweepDaily(20);
    expect(await left()).toEqual(['Alice', 'Bob']);
  });

  it('leaves no note behind with /forget', async () => {
    await sweepDaily(1);
    await stage.press(ALICE, action(await stage.say(ALICE, 'forget'), 'confirm'));
    expect(await noted()).toEqual([]);
  });

  it('leaves no note behind when the bot is removed', async () => {
    await sweepDaily(1);
    await stage.chat.removed(CLUB);
    expect(await noted()).toEqual([]);
  });

  it('is not erased for it while the shelf takes nothing, and others are still', async () => {
    stage.platform.memberships.set(BOB.id, 'gone');
    await stage.agreed(CARL, 'enroll', ['carl']);
    const { pending } = stage.parts.stores;
    const { put } = pending;
    pending.put = (shelf, item) => (shelf === 'unproven' ? Promise.reject(new Failure('busy')) : put(shelf, item));
    await sweepDaily(1);
    expect(await left()).toEqual(['Alice', 'Carl']);
  });
});

it('erases who did not confirm within the retention', async () => {
  stage.clock.ms += 200 * DAY;
  await stage.agreed(BOB, 'enroll', ['ben~']);
  stage.clock.ms += 200 * DAY;
  await sweep(stage.parts, 365);
  stage.clock.ms += DAY;
  await sweep(stage.parts, 365);
  expect(await left()).toEqual(['Bob']);
});

it('stops when a whole group seems to have left, until an operator insists', async () => {
  const crowd = ['carl', 'dora', 'emil'].map((name, index) => ({ ...ALICE, id: `20${index}`, name }));
  for (const person of crowd) await stage.agreed(person, 'enroll', [person.name]);
  for (const person of [ALICE, BOB, ...crowd]) stage.platform.memberships.set(person.id, 'gone');
  expect(await sweep(stage.parts, 365)).toMatchObject({ people: 5, erased: 0, alarms: 1 });
  expect(await sweep(stage.parts, 365, { force: true })).toMatchObject({ erased: 5 });
  expect(await left()).toEqual([]);
});

it('erases somebody from all their groups on one day, once their time is over there', async () => {
  const notice = await stage.say(ALICE, 'enroll', ['anna'], { place: TEAM });
  await stage.press(ALICE, action(notice, 'agree'), { place: TEAM });
  for (const days of [364, 1, 1]) {
    stage.clock.ms += days * DAY;
    await sweep(stage.parts, 365, { force: true });
  }
  expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
  expect(await stage.parts.stores.pending.list('overdue')).toEqual([]);
});

describe('a clock that is wrong', () => {
  const noted = () => stage.parts.stores.pending.list('overdue');

  it('a year ahead erases nobody, however small the group, and says so', async () => {
    await sweep(stage.parts, 365);
    stage.clock.ms += 366 * DAY;
    expect(await sweep(stage.parts, 365)).toEqual({ scopes: 0, people: 0, erased: 0, alarms: 1 });
    expect(await left()).toEqual(['Alice', 'Bob']);
    // The clock is set right again. That is a jump too, and afterwards all is as before.
    stage.clock.ms -= 366 * DAY;
    expect(await sweep(stage.parts, 365)).toMatchObject({ alarms: 1 });
    stage.clock.ms += DAY;
    expect(await sweep(stage.parts, 365)).toEqual({ scopes: 1, people: 2, erased: 0, alarms: 0 });
    expect(await noted()).toEqual([]);
  });

  it('for one sweep alone erases nobody, though no sweep came before', async () => {
    stage.clock.ms += 366 * DAY;
    expect(await sweep(stage.parts, 365)).toMatchObject({ erased: 0, alarms: 0 });
    expect(await noted()).toHaveLength(2);
    stage.clock.ms -= 366 * DAY;
    await sweep(stage.parts, 365);
    stage.clock.ms += DAY;
    expect(await sweep(stage.parts, 365)).toMatchObject({ erased: 0 });
    expect(await left()).toEqual(['Alice', 'Bob']);
  });

  it('is believed when the operator insists, and the second sweep of that erases', async () => {
    await sweep(stage.parts, 365);
    stage.clock.ms += 366 * DAY;
    expect(await sweep(stage.parts, 365, { force: true })).toMatchObject({ erased: 0, alarms: 0 });
    stage.clock.ms += DAY;
    expect(await sweep(stage.parts, 365)).toMatchObject({ erased: 2 });
  });

  it('of a machine that was off for weeks goes on by itself', async () => {
    await sweep(stage.parts, 365);
    stage.clock.ms += 400 * DAY;
    for (const erased of [0, 0, 2]) {
      expect(await sweep(stage.parts, 365)).toMatchObject({ erased });
      stage.clock.ms += DAY;
    }
  });

  it('keeps no note of whom somebody erases', async () => {
    stage.clock.ms += 366 * DAY;
    await sweep(stage.parts, 365);
    await stage.flow.eraser.erase(ALICE, 'everywhere', 'asked');
    expect(await noted()).toHaveLength(1);
  });
});

it.each([
  [
    'at the next start, though the clock is ten minutes behind since then',
    DAY / 144,
    () => stage.flow.eraser.resume(0),
  ],
  ['at the next start, though the clock is a year ahead since then', -366 * DAY, () => stage.flow.eraser.resume(0)],
  ['soon, though the clock is half an hour behind since then', DAY / 48, () => upkeep(stage.parts)],
])('an erasure that was cut short is carried on %s', async (_, wrongMs, takenUp) => {
  const { gallery } = stage.flow;
  const { erase } = gallery;
  Object.assign(gallery, { erase: () => Promise.reject(new Error('the process ends here')) });
  await expect(stage.flow.eraser.erase(ALICE, 'everywhere', 'asked')).rejects.toThrow();
  Object.assign(gallery, { erase });
  stage.clock.ms -= wrongMs;
  await takenUp();
  await expect.poll(left).toEqual(['Bob']);
});
