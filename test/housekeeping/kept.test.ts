import { afterEach, beforeEach, expect, it } from 'vitest';
import { sweep } from '../../src/housekeeping/sweep.ts';
import { upkeep } from '../../src/housekeeping/upkeep.ts';
import { BRIEF, type Shelf } from '../../src/queue/pending.ts';
import { change } from '../chat/erasure-stage.ts';
import { ALICE, BOB, CLUB, openStage } from '../chat/stage.ts';

const DAY = 86_400_000;

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
  await stage.agreed(ALICE, 'enroll', ['anna']);
  await stage.agreed(BOB, 'find', ['carl']);
});
afterEach(() => stage[Symbol.asyncDispose]());

/**
 * Each claim of PRIVACY.md about how long something is kept: the shelf, the longest time, and what
 * starts it.
 */
const KEPT: readonly (readonly [string, Shelf, string, number, () => Promise<unknown>])[] = [
  [
    'that the bot is in a group',
    'presence',
    '90 days',
    90 * DAY,
    async () => {
      stage.platform.presences.set(CLUB.id, { is: 'there', bot: 'finder' });
      await sweep(stage.parts, 365);
    },
  ],
  [
    'since when a platform has not said that somebody is in their group',
    'unproven',
    '90 days',
    90 * DAY,
    async () => {
      stage.platform.memberships.set(ALICE.id, 'no_proof');
      await sweep(stage.parts, 365);
    },
  ],
  [
    'since when somebody’s time is over',
    'overdue',
    '90 days',
    90 * DAY,
    async () => {
      stage.clock.ms += 366 * DAY;
      await sweep(stage.parts, 365);
    },
  ],
  ['how much of a template answers have told', 'revealed', '70 days', 70 * DAY, () => stage.say(BOB, 'find', ['anna'])],
  [
    'that too much was told to somebody',
    'closed',
    '70 days',
    70 * DAY,
    () => stage.say(BOB, 'find', [Array.from({ length: 100 }, (_, index) => `anna${'~'.repeat(1 + index)}`).join()]),
  ],
  [
    'that a message is being taken in, by a bot that was killed over it,',
    'taken',
    '30 seconds',
    30_000,
    () => stage.flow.alone.begin('the message'),
  ],
  ['that a request was answered', 'placeholder', '15 minutes', DAY / 96, () => stage.say(BOB, 'find', ['carl'])],
];

const isBrief = (shelf: Shelf) => shelf === 'placeholder' || (BRIEF as readonly Shelf[]).includes(shelf);

it.each(KEPT)('%s is remembered, and gone from the shelf (%s) after %s', async (_, shelf, __, ms, begin) => {
  const { pending } = stage.parts.stores;
  const noted = async () => (await pending.list(shelf)).length;
  await begin();
  expect(await noted()).toBeGreaterThan(0);
  await upkeep(stage.parts);
  expect(await noted()).toBeGreaterThan(0);
  if (isBrief(shelf)) {
    stage.clock.ms += ms + 1;
    await expect
      .poll(async () => {
        await upkeep(stage.parts);
        return await noted();
      })
      .toBe(0);
    return;
  }
  // No sweep finds a group from here on, so that none renews the note.
  change(stage.flow.gallery, { scopes: async () => [] });
  for (let left = ms; left >= 0; left -= DAY) {
    await sweep(stage.parts, 365);
    stage.clock.ms += DAY;
  }
  expect(await noted()).toBe(0);
});

it.each(KEPT.filter(([, shelf]) => !isBrief(shelf)))(
  '%s is not lost (from the shelf %s) when the clock is a year ahead for a moment',
  async (_, shelf, __, ms, begin) => {
    const noted = async () => (await stage.parts.stores.pending.list(shelf)).length;
    await begin();
    await sweep(stage.parts, 365);
    const before = await noted();
    stage.clock.ms += 2 * ms + 366 * DAY;
    await upkeep(stage.parts);
    expect(await sweep(stage.parts, 365)).toMatchObject({ alarms: 1 });
    expect(await noted()).toBe(before);
  },
);
