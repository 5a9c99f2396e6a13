import { afterEach, beforeEach, expect, it } from 'vitest';
import { sweep } from '../../src/housekeeping/sweep.ts';
import { ALICE, action, BOB, CLUB, openStage } from './stage.ts';

const DAY = 86_400_000;

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage({ RETENTION_DAYS: '100' });
});
afterEach(() => stage[Symbol.asyncDispose]());

/** The operator now keeps people for a year. */
const raise = () => stage.restart({ RETENTION_DAYS: '365' });
const names = async () => (await stage.flow.gallery.people(await stage.scope())).map(({ person }) => person.name);
const agreedDays = async (person: typeof ALICE) =>
  (await stage.flow.gallery.standing(await stage.scope(), person)).agreed.enrol?.retentionDays;
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Makes two sweeps a day apart, because a single sweep does not trust the clock. */
async function sweepTwice(days: number): Promise<void> {
  await sweep(stage.parts, days);
  stage.clock.ms += DAY;
  await sweep(stage.parts, days);
}

it('somebody who agreed to 100 days is not kept for a year because the operator now keeps people for a year', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await raise();
  await stage.agreed(BOB, 'enroll', ['ben']);
  stage.clock.ms += 100 * DAY;
  await sweepTwice(365);
  expect(await names()).toEqual(['Bob']);
});

it('somebody who agreed to a year is kept for 100 days if the operator now keeps people for 100 days', async () => {
  await raise();
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await stage.restart();
  stage.clock.ms += 100 * DAY;
  await sweepTwice(100);
  expect(await names()).toEqual([]);
});

it('another selfie renews the days that were agreed to, not those of a notice that nobody was shown', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await raise();
  stage.clock.ms += 50 * DAY;
  await stage.agreed(ALICE, 'enroll', ['anna~']);
  stage.clock.ms += 99 * DAY;
  await sweep(stage.parts, 365);
  expect(await names()).toEqual(['Alice']);
  stage.clock.ms += DAY;
  await sweepTwice(365);
  expect(await names()).toEqual([]);
});

it('agreeing to a notice that was shown before the change agrees to what it said', async () => {
  const notice = await stage.say(ALICE, 'enroll', ['anna']);
  expect(notice).toMatchObject([{ text: expect.stringContaining('100 days') }]);
  await raise();
  expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'enrolled' }]);
  expect(await agreedDays(ALICE)).toBe(100);
});

it('agreeing again, to a notice that says more, counts from then on', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await raise();
  const { hash } = stage.flow.notices('enrol', 'en', CLUB);
  await stage.say(ALICE, 'enroll', ['anna~'], { choice: 'agree', args: `notice:${hash}` });
  expect(await agreedDays(ALICE)).toBe(365);
});

it('a form that showed the notice from before the change shows the one in force', async () => {
  const { hash } = stage.flow.notices('enrol', 'en', CLUB);
  await raise();
  const replies = await stage.say(ALICE, 'enroll', ['anna'], { choice: 'agree', args: `notice:${hash}` });
  expect(replies).toMatchObject([{ kind: 'consent', text: expect.stringContaining('365 days') }]);
});

it('a button from before the days were noted shows the notice again, and stores nothing', async () => {
  const notice = await stage.say(ALICE, 'enroll', ['anna']);
  const { parked } = stage.flow;
  const { take } = parked;
  Object.assign(parked, {
    async take(...args: Parameters<typeof take>) {
      const taken = await take(...args);
      if (typeof taken !== 'object' || !('awaiting' in taken) || taken.awaiting.for !== 'consent') return taken;
      const { retentionDays: _, ...awaiting } = taken.awaiting;
      return { ...taken, awaiting };
    },
  });
  expect(await stage.press(ALICE, action(notice, 'agree'))).toMatchObject([{ kind: 'consent' }]);
  expect(await stage.flow.gallery.scopesOf(ALICE)).toEqual([]);
});

it('/mydata says until when a person is kept: as they agreed, not as is configured', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await raise();
  await stage.agreed(BOB, 'enroll', ['ben']);
  const until = day(stage.clock.ms + 100 * DAY);
  const [alices] = await stage.say(ALICE, 'mydata');
  expect(alices).toMatchObject({
    text: expect.stringContaining(until),
    data: [{ keptUntil: expect.stringContaining(until), agreed: { enrol: { retentionDays: 100 } } }],
  });
  const [bobs] = await stage.say(BOB, 'mydata', [], { locale: 'de' });
  expect(bobs).toMatchObject({ text: expect.stringContaining(day(stage.clock.ms + 365 * DAY)) });
});
