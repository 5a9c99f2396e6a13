import { seeded } from './seeded.ts';

/** A share, 0..1, with its 95 % interval. */
export interface Estimate {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

const REPLICATES = 500;

/** Half of what lies outside of a 95 % interval. */
const TAIL = 0.025;

/**
 * Shares and how sure they are: percentiles of a bootstrap over people, as people are what chance drew, and photos of one person
 * are alike (Bolle, Ratha & Pankanti 2004, "the subsets bootstrap"). Each replicate draws as many people as there are, with
 * repetition. The same people give the same intervals.
 * @param people how many there are
 * @param measure the shares when each person counts so many times; 1 each gives the shares themselves. NaN where none of those was
 * drawn whom a share is about: such a replicate says nothing of it
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
 * No bootstrap can tell how sure a share of none or of all is, nor of nearly none. So an interval reaches at least as far as the
 * exact one of none, or of all, of so many (Clopper & Pearson 1934).
 * @param trials how many are independent: people, or pairs of people, and not their photos
 */
export function noSurer({ share, low, high }: Estimate, trials: number): Estimate {
  if (trials === 0) return { share, low: 0, high: 1 };
  return {
    share,
    low: share <= 0 ? 0 : Math.min(low, TAIL ** (1 / trials)),
    high: share >= 1 ? 1 : Math.max(high, 1 - TAIL ** (1 / trials)),
  };
}

/** How often each person comes up when as many are drawn as there are. */
function draw(people: number, random: () => number): Float64Array {
  const weights = new Float64Array(people);
  for (let drawn = 0; drawn < people; drawn++) {
    const person = Math.floor(random() * people);
    weights[person] = (weights[person] ?? 0) + 1;
  }
  return weights;
}
