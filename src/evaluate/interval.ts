import { seeded } from './seeded.ts';

/** A share, 0..1, with its 95 % interval. */
export interface Estimate {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

const REPLICATES = 500;

/** What lies outside a 95 % interval on each side, as a share. */
const TAIL = 0.025;

/**
 * Shares with 95 % intervals: percentiles of a bootstrap over people. People are drawn and not
 * photos, because the photos of one person are alike (Bolle, Ratha & Pankanti 2004, "the subsets
 * bootstrap"). Each replicate draws as many people as there are, with repetition. The same people
 * give the same intervals.
 * @param people how many there are
 * @param measure gives the shares when each person counts so many times. With 1 each it gives the
 * shares themselves. NaN means that this share concerns nobody who was drawn: the replicate is left
 * out
 */
export function bootstrapped(people: number, measure: (weights: Float64Array) => readonly number[]): Estimate[] {
  const measured = measure(new Float64Array(people).fill(1));
  const random = seeded(people);
  const replicates = Array.from({ length: REPLICATES }, () => measure(draw(people, random)));
  return measured.map((share, index) => {
    const shares = replicates
      .map((replicate) => replicate[index] ?? Number.NaN)
      .filter((one) => !Number.isNaN(one))
      .sort((x, y) => x - y);
    const at = (part: number) => shares[Math.round(part * (shares.length - 1))] ?? 0;
    return { share, low: at(TAIL), high: at(1 - TAIL) };
  });
}

/**
 * Widens an interval when a bootstrap cannot find it, because the share is none, nearly none, or
 * all. The interval then reaches at least as far as the exact one for none, or all, of `trials`
 * (Clopper & Pearson 1934).
 * @param trials the number of independent trials: people or pairs of people, not their photos
 */
export function noSurer({ share, low, high }: Estimate, trials: number): Estimate {
  if (trials === 0) return { share, low: 0, high: 1 };
  return {
    share,
    low: share <= 0 ? 0 : Math.min(low, TAIL ** (1 / trials)),
    high: share >= 1 ? 1 : Math.max(high, 1 - TAIL ** (1 / trials)),
  };
}

/** Draws as many people as there are, and counts how often each was drawn. */
function draw(people: number, random: () => number): Float64Array {
  const weights = new Float64Array(people);
  for (let drawn = 0; drawn < people; drawn++) {
    const person = Math.floor(random() * people);
    weights[person] = (weights[person] ?? 0) + 1;
  }
  return weights;
}
