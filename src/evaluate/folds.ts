/** The distances of all genuine pairs, or of all impostor pairs, in the order of the protocol. */
type Distances = readonly number[];

export interface FoldAccuracy {
  /** The share of pairs that are judged right, as the mean over the folds. */
  readonly mean: number;
  /** The standard error of that mean. */
  readonly standardError: number;
  /** The mean of the thresholds of the folds. */
  readonly distance: number;
  readonly folds: number;
}

/**
 * The accuracy as LFW's "view 2" measures it. The genuine and the impostor pairs are each cut into
 * ten folds, in their order. Each fold is judged by the threshold that judges the largest number of
 * pairs in the other nine folds right. (Huang, Ramesh, Berg, Learned-Miller 2007, §3.)
 */
export function foldAccuracy(genuine: Distances, impostor: Distances, folds = 10): FoldAccuracy {
  const results = Array.from({ length: folds }, (_, fold) => {
    const own = (distances: Distances) =>
      distances.filter((_, index) => foldOf(index, distances.length, folds) === fold);
    const others = (distances: Distances) =>
      distances.filter((_, index) => foldOf(index, distances.length, folds) !== fold);
    const distance = bestThreshold(others(genuine), others(impostor));
    return { distance, accuracy: accuracyAt(distance, own(genuine), own(impostor)) };
  });
  const mean = meanOf(results.map(({ accuracy }) => accuracy));
  const variance = meanOf(results.map(({ accuracy }) => (accuracy - mean) ** 2)) * (folds / (folds - 1));
  return {
    mean,
    standardError: Math.sqrt(variance / folds),
    distance: meanOf(results.map(({ distance }) => distance)),
    folds,
  };
}

const foldOf = (index: number, count: number, folds: number) => Math.floor((index * folds) / count);

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function accuracyAt(threshold: number, genuine: Distances, impostor: Distances): number {
  const right =
    genuine.filter((distance) => distance <= threshold).length +
    impostor.filter((distance) => distance > threshold).length;
  return right / (genuine.length + impostor.length);
}

/**
 * The threshold that judges the largest number of pairs right. It is in the middle between two
 * neighbouring distances.
 */
function bestThreshold(genuine: Distances, impostor: Distances): number {
  const all = [
    ...genuine.map((distance) => ({ distance, step: 1 })),
    ...impostor.map((distance) => ({ distance, step: -1 })),
  ].sort((x, y) => x.distance - y.distance);
  let [right, most, best] = [0, 0, 0];
  for (const [index, { distance, step }] of all.entries()) {
    right += step;
    const next = all[index + 1]?.distance ?? distance;
    if (right > most && next > distance)
      [most, best] = [right, Number.isFinite(next) ? (distance + next) / 2 : distance];
  }
  return best;
}
