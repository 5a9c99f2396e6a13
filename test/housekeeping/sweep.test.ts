import { afterEach, beforeEach, expect, it } from 'vitest';
import { sweep } from '../../src/housekeeping/sweep.ts';
import { ALICE, BOB, openStage } from '../chat/stage.ts';

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
  expect(await sweep(stage.house, 365)).toMatchObject({ people: 2, erased: 1, alarms: 0 });
  expect(await left()).toEqual(['Bob']);
});

it('erases nobody because the platform is down', async () => {
  stage.platform.memberships.set(ALICE.id, 'unknown');
  stage.platform.memberships.set(BOB.id, 'unknown');
  expect(await sweep(stage.house, 365)).toMatchObject({ erased: 0 });
});

it('erases who did not confirm within the retention', async () => {
  stage.clock.ms += 200 * DAY;
  await stage.agreed(BOB, 'enroll', ['ben~']);
  stage.clock.ms += 200 * DAY;
  await sweep(stage.house, 365);
  expect(await left()).toEqual(['Bob']);
});

it('stops when a whole group seems to have left, until an operator insists', async () => {
  const crowd = ['carl', 'dora', 'emil'].map((name, index) => ({ ...ALICE, id: `20${index}`, name }));
  for (const person of crowd) await stage.agreed(person, 'enroll', [person.name]);
  for (const person of [ALICE, BOB, ...crowd]) stage.platform.memberships.set(person.id, 'gone');
  expect(await sweep(stage.house, 365)).toMatchObject({ people: 5, erased: 0, alarms: 1 });
  expect(await sweep(stage.house, 365, { force: true })).toMatchObject({ erased: 5 });
  expect(await left()).toEqual([]);
});
