/**
 * The chance that at least one of `comparisons` strangers comes as near as a share `fmr` of all
 * strangers does: 1 − (1 − fmr)^comparisons. It is computed so that small rates are not lost to
 * rounding. The formula holds for independent comparisons. Several templates of one person are not
 * quite independent, so the result is slightly too high.
 * @param comparisons templates searched times faces in the photo
 */
export function chanceOf(fmr: number, comparisons: number): number {
  if (comparisons <= 0) return 0;
  return -Math.expm1(comparisons * Math.log1p(-fmr));
}

/**
 * The inverse of {@link chanceOf}: the false-match rate at which so many comparisons have this
 * chance. It is 1 when there are no comparisons.
 */
export function fmrOfChance(chance: number, comparisons: number): number {
  if (comparisons <= 0) return 1;
  return -Math.expm1(Math.log1p(-chance) / comparisons);
}

/** The smallest chance that an answer shows. Smaller chances were not measured. */
export const LEAST_CHANCE = 1e-4;

/**
 * A chance as it is shown: 1, 2 or 5 times a power of ten, rounded up, and at least
 * {@link LEAST_CHANCE}.
 */
export function shownChance(exact: number): number {
  const chance = Math.max(exact, LEAST_CHANCE);
  const power = 10 ** Math.floor(Math.log10(chance));
  // The factor allows for rounding errors, which may put a chance slightly above its own step.
  const step = [1, 2, 5].find((one) => chance <= one * power * (1 + 1e-9)) ?? 10;
  return Number((step * power).toPrecision(1));
}
