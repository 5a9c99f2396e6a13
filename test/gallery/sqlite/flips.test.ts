import { expect, test } from 'vitest';
import { seeded } from '../../../src/evaluate/seeded.ts';
import { flipBits } from './flips.ts';

/** How many bits are flipped. `npm run drill bits` flips ten thousand. */
const FLIPS = Number(process.env.DRILL_FLIPS ?? 100);
/**
 * Whether only bits of bytes that are not zero are flipped, because the few bits of a sample would
 * mostly hit empty pages.
 */
const IS_DENSE = process.env.DRILL_FLIPS === undefined;
const SEED = Number(process.env.DRILL_SEED ?? 1);

test(`of ${FLIPS} single bits flipped in the files of a small gallery none names anybody wrongly or keeps anybody in`, {
  timeout: 7_200_000,
}, async () => {
  const { wrong, ...flips } = await flipBits(FLIPS, seeded(SEED), IS_DENSE);
  console.log(`seed ${SEED}: ${JSON.stringify(flips)}`);
  expect(wrong).toEqual([]);
});
