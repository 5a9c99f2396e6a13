import { BUILT_IN } from '../../models/names.ts';
import { describePack } from '../../models/pack.ts';
import { seeded } from '../../src/evaluate/seeded.ts';
import { impostorCurve } from '../../src/match/impostors.ts';
import { scopeTransform } from '../../src/secrets/transform.ts';
import { type Loot, linkedByPairs, linkedByShape } from './linking.ts';
import { madeUp } from './made-up.ts';

/** How many people's vectors the thief already knows. */
const PAIRS = 50;
const GROUP = 150;
/** Attempts of a thief who knows nobody's vector. */
const BEGINNINGS = 150;

/**
 * The thief knows the owners of 50 stored vectors, and has one photo of each person in the group.
 * This is the share of the other people whose vectors the thief finds.
 */
export async function byPairs(pack: string, seed: number): Promise<number> {
  return linkedByPairs(await stolen(pack, GROUP, 1, seed), PAIRS);
}

/**
 * The share of a group whose vectors the thief finds with nine photos of each person and no known
 * pair.
 */
export async function byShape(pack: string, people: number, seed: number): Promise<number> {
  return linkedByShape(await stolen(pack, people, 9, seed), BEGINNINGS, seeded(seed));
}

/**
 * What Elasticsearch stores of a group of made-up people: their vectors, under the group's secret
 * rotation. With it, photos of all of them.
 */
async function stolen(pack: string, people: number, photos: number, seed: number): Promise<Loot> {
  const { dims, manifest } = await describePack(pack, BUILT_IN);
  const random = seeded(seed);
  const { victims } = madeUp(dims, impostorCurve(manifest.impostors.fmr).distanceAt(0.5), people, random);
  const { apply } = scopeTransform(new Uint8Array(32).fill(seed), dims);
  const shuffled = victims.map((victim, person) => ({ victim, person, at: random() })).toSorted((a, b) => a.at - b.at);
  return {
    photos: victims.map(({ known }) => known.photos.slice(0, photos)),
    stored: shuffled.map(({ victim }) => apply(victim.template)),
    of: shuffled.map(({ person }) => person),
  };
}
