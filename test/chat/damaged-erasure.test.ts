import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BESIDE, damage, damageBeside } from './damage.ts';
import { ATTEMPT, change, down, forget, holdQueue } from './erasure-stage.ts';
import { ALICE, action, BOB, CLUB, openStage } from './stage.ts';

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await stage.agreed(BOB, 'enroll', ['ben']);
});
afterEach(() => stage[Symbol.asyncDispose]());

const remains = () => stage.flow.gallery.scopesOf(ALICE);
const noted = async () => (await stage.flow.eraser.unfinished()).count;

/** Alice leaves while the gallery is down. The erasure is noted, and held back from the queue. */
async function left() {
  const { jobs, letGo } = holdQueue(stage);
  const repair = change(stage.flow.gallery, { erase: down });
  await forget(stage);
  repair();
  letGo();
  expect(await noted()).toBe(1);
  return jobs;
}

it.each([[[3]], [[7]]])(
  'an erasure is done at the next start though its note has the bits %j flipped',
  async (bits) => {
    await left();
    await damage(stage, 'erasure', bits);
    await stage.restart();
    await stage.flow.eraser.resume(0);
    await expect.poll(remains).toEqual([]);
    await expect.poll(noted).toBe(0);
  },
);

it('an erasure from ten groups, broken off in the ninth, is done though its long note has a flipped bit', async () => {
  for (let nth = 1; nth < 10; nth++) {
    const place = { ...CLUB, id: `${CLUB.id}${nth}` };
    const asked = await stage.say(ALICE, 'enroll', ['anna'], { place });
    await stage.press(ALICE, action(asked, 'agree'), { place });
  }
  expect(await remains()).toHaveLength(10);
  const { erase } = stage.flow.gallery;
  const erased: unknown[] = [];
  const { letGo } = holdQueue(stage);
  const repair = change(stage.flow.gallery, {
    async erase(...asked) {
      if (erased.length === 8) return await down();
      erased.push(asked);
      return await erase(...asked);
    },
  });
  await forget(stage, 1);
  repair();
  letGo();
  expect(await remains()).toHaveLength(2);
  const [note] = await stage.parts.stores.pending.list('erasure');
  // An earlier version put right no note that was longer than this.
  expect(note?.body.length).toBeGreaterThan(4_096);
  await damage(stage, 'erasure', [8_003]);
  await stage.restart();
  await stage.flow.eraser.resume(0);
  await expect.poll(remains).toEqual([]);
  await expect.poll(noted).toBe(0);
});

it.each(BESIDE.filter(([column, [bit]]) => column !== 'id' || bit !== 7))(
  'an erasure is done at the next start though the %s of its note has the bits %j flipped',
  async (...at) => {
    await left();
    expect(await damageBeside(stage, 'erasure', at)).toBe(1);
    await stage.restart();
    await stage.flow.eraser.resume(0);
    await expect.poll(remains).toEqual([]);
    await expect.poll(noted).toBe(0);
  },
);

it('an erasure whose note is lost is done from the queue', async () => {
  const [job] = await left();
  if (!job) throw new Error('nothing was queued');
  await damage(stage, 'erasure');
  await stage.flow.eraser.handler(job, ATTEMPT);
  expect(await remains()).toEqual([]);
});

it('an erasure whose job is damaged is done from its note', async () => {
  const [job] = await left();
  if (!job) throw new Error('nothing was queued');
  await stage.flow.eraser.handler({ ...job, body: `${job.body.slice(0, -6)}AAAAAA` }, ATTEMPT);
  expect(await remains()).toEqual([]);
  expect(await noted()).toBe(0);
});

it('a lost note of somebody of whom nothing is held is dropped at the next start', async () => {
  await left();
  await damage(stage, 'erasure');
  for (const { scope } of await remains()) await stage.flow.gallery.erase(scope, ALICE, 'operator', stage.clock.ms);
  await stage.restart();
  const errors: string[] = [];
  change(stage.flow.log, { error: (message) => void errors.push(message) });
  await stage.flow.eraser.resume(0);
  expect(await noted()).toBe(0);
  expect(errors).toEqual([]);
});

it('a lost note stays as long as an unreadable record may be that of its person', async () => {
  await left();
  await damage(stage, 'erasure');
  using db = new DatabaseSync(`${stage.config.dataDir}/gallery.db`, { timeout: 5_000 });
  db.exec('UPDATE people SET sealed = zeroblob(64)');
  await stage.restart();
  await stage.flow.eraser.resume(0);
  expect(await noted()).toBe(1);
});

it('a lost note is dropped when an operator erases its person', async () => {
  await left();
  await damage(stage, 'erasure');
  await stage.restart();
  await stage.flow.eraser.erase(ALICE, 'everywhere', 'operator');
  expect(await remains()).toEqual([]);
  expect(await noted()).toBe(0);
});

it('a lost note stops nobody else, stays known to operators, and goes when its person leaves', async () => {
  await left();
  await damage(stage, 'erasure');
  await stage.restart();
  const errors: string[] = [];
  change(stage.flow.log, { error: (message) => void errors.push(message) });
  await stage.flow.eraser.resume(0);
  expect(errors).toEqual(['noted erasures are damaged']);
  const answer = await stage.press(BOB, action(await stage.say(BOB, 'forget'), 'confirm'));
  expect(answer).toMatchObject([{ kind: 'receipt' }]);
  expect(await noted()).toBe(1);
  expect(await forget(stage)).toMatchObject([{ kind: 'receipt' }]);
  expect(await remains()).toEqual([]);
  expect(await noted()).toBe(0);
});
