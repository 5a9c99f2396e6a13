import { describe, expect, test } from 'vitest';
import { BUILT_IN, packNames } from '../../models/names.ts';
import { DEFAULT_PACK, describePack } from '../../models/pack.ts';
import { DAY_MS } from '../../src/consent/sweep.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { impostorCurve } from '../../src/match/impostors.ts';
import { openStage } from '../chat/stage.ts';
import { ask, attacker, gain, prepare } from './attack.ts';
import { madeUp } from './made-up.ts';
import { watch } from './pairs.ts';

const [QUARTER, WEEK] = [
  { paceMs: DAY_MS / 4, times: 120 },
  { paceMs: 7 * DAY_MS, times: 5 },
];

/** Packs with which the distances in a group tell hardly more than nine photos of a person do. */
const TELLS_NOTHING = ['dlib128'];

/**
 * The packs with which the longest of these tests runs: one at each commit, and all of them by `npm
 * run drill pairs`.
 */
const PLAYED_LONG = process.env.ALL_PACKS ? packNames(BUILT_IN) : [DEFAULT_PACK];

/**
 * From ten people on, chances rest on how near the people of a group are to each other. Five
 * members of a group try for 30 days to learn from that about a victim: one of them takes another
 * face again and again. The people are made up. The five know the template of everybody but the
 * victim.
 */
describe.each(packNames(BUILT_IN).filter((name) => !TELLS_NOTHING.includes(name)))('a template of %s', (pack) => {
  async function world() {
    const random = seeded(1);
    const { dims, manifest } = await describePack(pack, BUILT_IN);
    const { victims, strangers } = madeUp(dims, impostorCurve(manifest.impostors.fmr).distanceAt(0.5), 1, random);
    const [victim] = victims;
    if (!victim) throw new Error('there is one');
    return { victim, strangers, random };
  }

  async function watched({ victim, strangers, random }: Awaited<ReturnType<typeof world>>, pace: typeof WEEK) {
    await using stage = await openStage({ FACE_PACK: pack }, 'alone');
    const told = await watch(stage, victim, strangers, { ...pace, random });
    // With fewer answers, something else stopped the five, and the test would prove nothing.
    expect(told.length).toBeGreaterThan(pace.times / 2);
    return told;
  }

  test.each([
    ...(PLAYED_LONG.includes(pack) ? [['four times a day', QUARTER] as const] : []),
    ['once a week', WEEK] as const,
  ])(
    'comes at most 0.05 nearer to five members who change a face %s and watch the chances of their group',
    async (_, pace) => {
      const people = await world();
      expect(gain(people.victim, await watched(people, pace))).toBeLessThanOrEqual(0.05);
    },
    600_000,
  );

  test('comes at most 0.10 nearer to five members who watch the chances, and search as often as they get answers', async () => {
    const people = await world();
    const { victim, strangers, random } = people;
    const askers = Array.from({ length: 5 }, (_, number) => attacker(number));
    await using stage = await openStage({ FACE_PACK: pack }, 'alone');
    await prepare(stage, [victim], askers);
    const told = await ask(stage, askers, victim, strangers, 'single', random);
    expect(gain(victim, [...told, ...(await watched(people, WEEK))])).toBeLessThanOrEqual(0.1);
  }, 600_000);
});
