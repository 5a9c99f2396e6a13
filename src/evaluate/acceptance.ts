import { bootstrapped, noSurer } from './interval.ts';
import { type AllPairs, type GenuinePair, NEAREST_SHARE } from './pairs.ts';

/**
 * The shares of pairs below one threshold: of impostor pairs, which it lets pass wrongly, and of
 * genuine pairs.
 */
export interface Acceptance {
  readonly fmr: number;
  /** The largest threshold with at most `fmr` of the impostor pairs below it. */
  readonly distance: number;
  /** True-accept rate: the share of the genuine pairs below the threshold. */
  readonly tar: number;
  /** The 95 % interval of the rate. */
  readonly low: number;
  readonly high: number;
}

type Genuine = Pick<GenuinePair, 'distance' | 'person'>;

type Pairs = Pick<AllPairs, 'nearest' | 'personOf' | 'photosOf'> & { readonly genuine: readonly Genuine[] };

/**
 * True-accept rates at false-match rates, with intervals. The list is empty without genuine pairs.
 * A rate that needs less than one impostor pair is left out.
 *
 * Intervals: see {@link bootstrapped}. A person drawn w times brings their genuine pairs w times.
 * Two people drawn w and v times bring their impostor pairs w·v times. Each replicate has
 * thresholds of its own.
 * @param fmrs above half of NEAREST_SHARE a rate is left out, because no farther impostors are kept
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
 * The number of pairs of photos of different people. `weights` says how often each person counts.
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

/**
 * The nearest impostors as pairs of people, in a form that can be read quickly hundreds of times.
 */
function compact({ nearest, personOf }: Pick<AllPairs, 'nearest' | 'personOf'>) {
  const people = (photos: readonly number[]) => Uint32Array.from(photos, (photo) => personOf[photo] ?? 0);
  return {
    distances: Float64Array.from(nearest, (pair) => pair.distance),
    a: people(nearest.map((pair) => pair.a)),
    b: people(nearest.map((pair) => pair.b)),
  };
}

/** For each rate, the distance of the first impostor pair above this share of all pairs. */
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

/** @param genuine nearest first */
function shareBelow(threshold: number, genuine: readonly Genuine[], weights: Float64Array): number {
  let [below, all] = [0, 0];
  for (const { distance, person } of genuine) {
    const weight = weights[person] ?? 0;
    all += weight;
    if (distance < threshold) below += weight;
  }
  return below / all;
}
