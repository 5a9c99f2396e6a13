/**
 * The chance that at least one of `comparisons` strangers comes this close, when one stranger in
 * 1/`fmr` does: 1 − (1 − fmr)^comparisons, without losing small rates to rounding. It treats
 * comparisons as independent. Templates of one person are not quite, so the result is slightly too
 * high.
 * @param comparisons templates searched times faces in the photo
 */
export function chanceOf(fmr: number, comparisons: number): number {
  if (comparisons <= 0) return 0;
  return -Math.expm1(comparisons * Math.log1p(-fmr));
}

/**
 * The inverse of {@link chanceOf}: the FMR at which this many comparisons reach `chance`; 1 when
 * nobody is compared.
 */
export function fmrOfChance(chance: number, comparisons: number): number {
  if (comparisons <= 0) return 1;
  return -Math.expm1(Math.log1p(-chance) / comparisons);
}

/** The least chance that an answer shows: the measurement reaches no further. */
export const LEAST_CHANCE = 1e-4;

/**
 * A chance as it is shown: 1, 2 or 5 times a power of ten, rounded up, at least
 * {@link LEAST_CHANCE}.
 */
export function shownChance(exact: number): number {
  const chance = Math.max(exact, LEAST_CHANCE);
  const power = 10 ** Math.floor(Math.log10(chance));
  // Floating point may put a value slightly above its step.
  const step = [1, 2, 5].find((one) => chance <= one * power * (1 + 1e-9)) ?? 10;
  return Number((step * power).toPrecision(1));
}
