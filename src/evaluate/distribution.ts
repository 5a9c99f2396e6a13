/**
 * The number of bins. Distances of normalised vectors are 0..2, so a bin is 0.00002 wide, which is
 * less than the error of a measured threshold.
 */
const BINS = 100_000;
const BINS_PER_UNIT = BINS / 2;

/** How often each distance occurs, counted in bins. */
export interface Distribution {
  readonly count: number;
  /** The share of distances up to this one, to within a bin; 0 when nothing was counted. */
  shareAt(distance: number): number;
  /**
   * The largest distance for which {@link shareAt} is at most this share, to within a bin.
   */
  distanceAt(share: number): number;
}

/**
 * Counts any number of distances in a fixed amount of memory. Infinity, the distance from a photo
 * without a face, is counted too, as farther than every other distance.
 */
export function tally(): { add(distance: number): void; distribution(): Distribution } {
  const bins = new Float64Array(BINS + 1);
  let count = 0;
  return {
    add(distance) {
      count++;
      const bin = Math.ceil(distance * BINS_PER_UNIT);
      if (bin <= BINS) bins[bin] = (bins[bin] ?? 0) + 1;
    },
    distribution: () => read(bins, count),
  };
}

function read(bins: Float64Array, count: number): Distribution {
  let sum = 0;
  /** upTo[b] is the number of distances up to b / BINS_PER_UNIT. */
  const upTo = bins.map((inBin) => {
    sum += inBin;
    return sum;
  });
  return {
    count,
    shareAt(distance) {
      const bin = Math.min(BINS, Math.floor(distance * BINS_PER_UNIT + 1e-6));
      return count === 0 ? 0 : (upTo[bin] ?? 0) / count;
    },
    distanceAt(share) {
      const beyond = upTo.findIndex((reached) => reached > share * count);
      return (beyond === -1 ? BINS : Math.max(0, beyond - 1)) / BINS_PER_UNIT;
    },
  };
}

/** The distribution of a list of distances. */
export function distributionOf(distances: Iterable<number>): Distribution {
  const counted = tally();
  for (const distance of distances) counted.add(distance);
  return counted.distribution();
}
