import { facts } from './facts.js';

/** How near strangers come to each other, as measured; undefined when the server did not say. */
export const strangers = facts.scale?.strangers;

/** The largest distance on the scale. */
export const END = strangers?.at(-1)?.[0] ?? 1.6;

/**
 * The share of strangers who are at most this far apart. Between two measured points, the share's
 * logarithm is taken to be linear in the squared distance.
 * @param {number} distance
 */
function shareAt(distance) {
  const points = strangers ?? [];
  const above = points.findIndex(([d]) => d >= distance);
  const [low, high] = [points[above - 1], points[above]];
  if (!high) return 1;
  if (!low) return high[1];
  const part = (distance ** 2 - low[0] ** 2) / (high[0] ** 2 - low[0] ** 2);
  return Math.exp(Math.log(low[1]) + part * (Math.log(high[1]) - Math.log(low[1])));
}

/**
 * The chance that at least one of `comparisons` strangers is this near, which is
 * 1 − (1 − share)^comparisons. `expm1` and `log1p` keep it exact even for tiny shares.
 * @param {number} distance
 * @param {number} comparisons
 * @param {number} power in this group, the share is raised to this power
 */
export function chanceAt(distance, comparisons, power) {
  return -Math.expm1(comparisons * Math.log1p(-(shareAt(distance) ** power)));
}
