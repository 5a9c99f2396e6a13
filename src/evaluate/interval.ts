import { seeded } from './seeded.ts';

/** A share, 0..1, with its 95 % interval. */
export interface Estimate {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

const REPLICATES = 500;

/** The share that is outside a 95 % interval on each side. */
const TAIL = 0.025;

/**
 * Shares with their 95 % intervals, which are percentiles of a bootstrap. Each of its replicates
 * draws as many people as there are, with repetition, and measures the shares again. It draws
 * people and not photos, because the photos of one person are alike (Bolle, Ratha & Pankanti 2004,
 * "the subsets bootstrap"). The same number of people always gives the same draws.
 * @param people how many people there are
 * @param measure gives the shares when each person counts as often as `weights` says. With weights
 * of 1, these are the shares themselves. If a share concerns none of the drawn people, it must be
 * NaN, and this replicate is left out for the share
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
 * Widens an interval where a bootstrap makes it too narrow, because the share is nearly 0 or 1. The
 * result reaches at least as far up as the exact interval for 0 of `trials`, and at least as far
 * down as the exact interval for all of `trials` (Clopper & Pearson 1934). A share of exactly 0 or
 * 1 keeps that end.
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
