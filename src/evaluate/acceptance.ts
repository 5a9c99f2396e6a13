import { bootstrapped, noSurer } from './interval.ts';
import { type AllPairs, type GenuinePair, NEAREST_SHARE } from './pairs.ts';

/** A threshold for the distance of two photos, and the shares of pairs that are below it. */
export interface Acceptance {
  /** False-match rate, 0..1: at most this share of the impostor pairs is below the threshold. */
  readonly fmr: number;
  /** The largest threshold with at most `fmr` of the impostor pairs below it. */
  readonly distance: number;
  /** True-accept rate: the share of the genuine pairs below the threshold. */
  readonly tar: number;
  /** The 95 % interval of `tar`. */
  readonly low: number;
  readonly high: number;
}

type Genuine = Pick<GenuinePair, 'distance' | 'person'>;

type Pairs = Pick<AllPairs, 'nearest' | 'personOf' | 'photosOf'> & { readonly genuine: readonly Genuine[] };

/**
 * True-accept rates at these false-match rates, with intervals. The list is empty when there are no
 * genuine pairs. A false-match rate of less than one impostor pair is left out.
 *
 * The intervals are bootstrapped over people ({@link bootstrapped}). When a replicate draws a
 * person w times, each of the person's genuine pairs counts w times. When it draws two people w and
 * v times, each impostor pair of the two counts w·v times. The thresholds are found again in each
 * replicate.
 * @param fmrs rates above half of NEAREST_SHARE are left out, because `nearest` lacks the pairs for
 * them
 */
export function acceptances(pairs: Pairs, fmrs: readonly number[]): Acceptance[] {
  if (pairs.genuine.length === 0) return [];
  const people = pairs.photosOf.length;
  const strangers = compact(pairs);
  const genuine = pairs.genuine.toSorted((x, y) => x.distance - y.distance);
  const measure = (weights: Float64Array) => {
    const thresholds = thresholdsAt(fmrs, strangers, impostorPairs(pairs.photosOf, weights), weights);
    return { thresholds, tars: thresholds.map((threshold) => shareBelow(threshold, genuine, weights)) };
  };

  const { thresholds } = measure(new Float64Array(people).fill(1));
  const tars = bootstrapped(people, (weights) => measure(weights).tars);
  const trials = new Set(genuine.map(({ person }) => person)).size;

  return fmrs.flatMap((fmr, index) => {
    const [distance, estimate] = [thresholds[index], tars[index]];
    if (fmr > NEAREST_SHARE / 2 || fmr * impostorPairs(pairs.photosOf) < 1 || distance === undefined || !estimate)
      return [];
    const { share, low, high } = noSurer(estimate, trials);
    return [{ fmr, distance, tar: share, low, high }];
  });
}

/**
 * The number of pairs of photos of different people.
 * @param photosOf how many photos each person has
 * @param weights how often each person counts; once by default
 */
export function impostorPairs(photosOf: readonly number[], weights?: Float64Array): number {
  let [photos, squares] = [0, 0];
  for (const [person, count] of photosOf.entries()) {
    const weighted = count * (weights?.[person] ?? 1);
    photos += weighted;
    squares += weighted ** 2;
  }
  return (photos ** 2 - squares) / 2;
}

/** The nearest impostor pairs as arrays: their distances, and the two people of each. */
function compact({ nearest, personOf }: Pick<AllPairs, 'nearest' | 'personOf'>) {
  const people = (photos: readonly number[]) => Uint32Array.from(photos, (photo) => personOf[photo] ?? 0);
  return {
    distances: Float64Array.from(nearest, (pair) => pair.distance),
    a: people(nearest.map((pair) => pair.a)),
    b: people(nearest.map((pair) => pair.b)),
  };
}

/**
 * The threshold for each rate. It goes through the impostor pairs, nearest first, and takes the
 * distance of the first pair with which they are more than this share of `all`, the number of all
 * impostor pairs. Pairs count by `weights`.
 */
function thresholdsAt(
  fmrs: readonly number[],
  { distances, a, b }: ReturnType<typeof compact>,
  all: number,
  weights: Float64Array,
): number[] {
  const pending = fmrs.toSorted((x, y) => y - x);
  const thresholds = new Map<number, number>();
  let reached = 0;
  for (let pair = 0; pair < distances.length && pending.length > 0; pair++) {
    reached += (weights[a[pair] ?? 0] ?? 0) * (weights[b[pair] ?? 0] ?? 0);
    while (reached > (pending.at(-1) ?? 1) * all) thresholds.set(pending.pop() ?? 1, distances[pair] ?? 0);
  }
  return fmrs.map((fmr) => thresholds.get(fmr) ?? distances.at(-1) ?? 0);
}

/** The share of these pairs, by `weights`, that are nearer than the threshold. */
function shareBelow(threshold: number, genuine: readonly Genuine[], weights: Float64Array): number {
  let [below, all] = [0, 0];
  for (const { distance, person } of genuine) {
    const weight = weights[person] ?? 0;
    all += weight;
    if (distance < threshold) below += weight;
  }
  return below / all;
}
