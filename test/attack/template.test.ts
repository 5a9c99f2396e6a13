import { describe, expect, test } from 'vitest';
import { BUILT_IN, packNames } from '../../models/names.ts';
import { describePack } from '../../models/pack.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { distanceBetween } from '../../src/match/distance.ts';
import { impostorCurve } from '../../src/match/impostors.ts';
import { openStage } from '../chat/stage.ts';
import { ask, attacker, gain, prepare, type Way } from './attack.ts';
import { bestCosine, blend, dot, meanOf } from './guess.ts';
import { madeUp } from './made-up.ts';

/**
 * Members who want a template ask as often as they get answers, for 30 days, and compute it. They
 * have nine photos of the person, and ask with mixtures of these and of strangers. They know how
 * the program makes distances and verdicts. The people are made up; `npm run drill template` uses
 * photographs.
 */
describe.each(packNames(BUILT_IN))('a template of %s', (pack) => {
  async function world(victims: number, random: () => number) {
    const { dims, manifest } = await describePack(pack, BUILT_IN);
    return madeUp(dims, impostorCurve(manifest.impostors.fmr).distanceAt(0.5), victims, random);
  }

  /** How much nearer answers bring the guess, averaged over victims. */
  async function gained(way: Way, attackers: number, victims: number): Promise<number> {
    const random = seeded(attackers * 1_000 + victims);
    const people = await world(victims, random);
    await using stage = await openStage({ FACE_PACK: pack }, 'alone');
    const askers = Array.from({ length: attackers }, (_, number) => attacker(number));
    await prepare(stage, people.victims, askers);
    const gains: number[] = [];
    for (const victim of people.victims) {
      gains.push(gain(victim, await ask(stage, askers, victim, people.strangers, way, random)));
    }
    return gains.reduce((sum, value) => sum + value, 0) / gains.length;
  }

  test.each<Way>(['single', 'collage'])(
    'is guessed at most 0.05 nearer by all answers of a month to photos of a %s face',
    async (way) => expect(await gained(way, 1, 3)).toBeLessThanOrEqual(0.05),
    600_000,
  );

  test('is guessed at most 0.10 nearer by five people together', async () => {
    expect(await gained('single', 5, 1)).toBeLessThanOrEqual(0.1);
  }, 600_000);

  test('would be nearly known by 300 distances to 0.01, which one request with collages once gave', async () => {
    const random = seeded(5);
    const { victims, strangers } = await world(1, random);
    for (const victim of victims) {
      const told = Array.from({ length: 300 }, () => {
        const any = (list: readonly Float32Array[]) => list[Math.floor(random() * list.length)] ?? new Float32Array();
        const probe = blend(any(victim.known.photos), any(strangers), 0.3 + 0.5 * random());
        const distance = Math.round(distanceBetween(probe, victim.template) * 100) / 100;
        return { probe, nearest: distance - 0.005, farthest: distance + 0.005 };
      });
      expect(1 - bestCosine(victim.known, told, victim.template)).toBeLessThan(
        (1 - dot(meanOf(victim.known.photos), victim.template)) / 2,
      );
    }
  });
});
