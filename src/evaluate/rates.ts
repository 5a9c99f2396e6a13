import type { Distribution } from './distribution.ts';

/** The error rates at one threshold, a distance. */
export interface OperatingPoint {
  readonly distance: number;
  /** The false-match rate: the share of impostor pairs at or below the threshold. */
  readonly fmr: number;
  /** The false-non-match rate: the share of genuine pairs above the threshold. */
  readonly fnmr: number;
}

/** How many points a curve has for each decade of the rate on its x axis. */
export const POINTS_PER_DECADE = 10;

/** The points of a DET curve, by FMRs from 1/2 down to that of a single impostor pair. */
export function detCurve(genuine: Distribution, impostors: Distribution): OperatingPoint[] {
  const decades = Math.log10(impostors.count / 2);
  const points = Array.from({ length: Math.ceil(decades * POINTS_PER_DECADE) + 1 }, (_, step) => {
    const fmr = Math.max(1 / impostors.count, 0.5 * 10 ** (-step / POINTS_PER_DECADE));
    const distance = impostors.distanceAt(fmr);
    return { distance, fmr: impostors.shareAt(distance), fnmr: 1 - genuine.shareAt(distance) };
  });
  return points.filter((point, index) => point.fmr > 0 && point.distance !== points[index - 1]?.distance);
}

/** The threshold at which the two error rates are equal, or nearly. `rate` is their mean there. */
export function equalError(genuine: Distribution, impostors: Distribution): { rate: number; distance: number } {
  let [low, high] = [0, 2];
  while (high - low > 1e-5) {
    const middle = (low + high) / 2;
    if (impostors.shareAt(middle) < 1 - genuine.shareAt(middle)) low = middle;
    else high = middle;
  }
  return { rate: (impostors.shareAt(high) + 1 - genuine.shareAt(high)) / 2, distance: high };
}
