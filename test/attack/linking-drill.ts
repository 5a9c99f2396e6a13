import { BUILT_IN, packNames } from '../../models/names.ts';
import { byPairs, byShape } from './group.ts';

/**
 * `npm run drill linking`: of how many stolen vectors a thief finds the owner, in ten groups of
 * made-up people of each size.
 */
const SEEDS = Array.from({ length: 10 }, (_, seed) => seed + 1);

for (const pack of packNames(BUILT_IN)) {
  console.log(`${pack}: 50 pairs and a photo of each of 100 others link ${await mean((seed) => byPairs(pack, seed))}`);
  for (const people of [20, 30, 40]) {
    const linked = await mean((seed) => byShape(pack, people, seed));
    console.log(`${pack}: no pair, and nine photos of each of ${people} people link ${linked}`);
  }
}

async function mean(linked: (seed: number) => Promise<number>): Promise<string> {
  let sum = 0;
  for (const seed of SEEDS) sum += await linked(seed);
  return `${Math.round((100 * sum) / SEEDS.length)} %`;
}
