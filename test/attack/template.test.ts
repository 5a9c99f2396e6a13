import { describe, expect, test } from 'vitest';
import { BUILT_IN, packNames } from '../../models/names.ts';
import { describePack } from '../../models/pack.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { openStage } from '../chat/stage.ts';
import { ask, attacker, gain, prepare, type Way } from './attack.ts';
import { madeUp } from './made-up.ts';

/**
 * Members who want a template ask as often as they are answered, for 30 days, and compute it from
 * the answers. They have nine photos of the person, ask with mixtures of these and of strangers, and
 * know what follows from distance and verdict. The people are made up; `npm run drill template`
 * does the same with photographs.
 */
describe.each(packNames(BUILT_IN))('a template of %s', (pack) => {
  async function gains(way: Way, attackers: number, victims: number): Promise<number[]> {
    const random = seeded(attackers * 1_000 + victims);
    const { dims } = await describePack(pack, BUILT_IN);
    const world = madeUp(dims, victims, random);
    await using stage = await openStage({ FACE_PACK: pack }, 'alone');
    const askers = Array.from({ length: attackers }, (_, number) => attacker(number));
    await prepare(stage, world.victims, askers);
    const all: number[] = [];
    for (const victim of world.victims) {
      all.push(gain(victim, await ask(stage, askers, victim, world.strangers, way, random)));
    }
    return all;
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  test.each<Way>(['single', 'collage'])(
    'comes at most 0.05 nearer by all answers of a month, asked for by photos of a %s face',
    async (way) => {
      const all = await gains(way, 1, 4);
      console.info(`${pack} ${way}: ${all.map((one) => one.toFixed(3)).join(' ')}`);
      expect(mean(all)).toBeLessThanOrEqual(0.05);
      // The answers are of use, or the attack would prove nothing.
      expect(mean(all)).toBeGreaterThan(0.005);
    },
    240_000,
  );

  test('comes at most 0.10 nearer to five together', async () => {
    const all = await gains('single', 5, 2);
    console.info(`${pack} five: ${all.map((one) => one.toFixed(3)).join(' ')}`);
    expect(mean(all)).toBeLessThanOrEqual(0.1);
  }, 240_000);
});
