/**
 * The chance that at least one of `comparisons` strangers comes as close as something of which one stranger in 1/`fmr` does:
 * 1 − (1 − fmr)^comparisons, without losing small rates to rounding. Comparisons are taken as independent; templates of one
 * person are not quite, which makes the answer slightly too high.
 * @param comparisons templates searched times faces in the photo
 */
export function chanceOf(fmr: number, comparisons: number): number {
  if (comparisons <= 0) return 0;
  return -Math.expm1(comparisons * Math.log1p(-fmr));
}

/** The inverse of {@link chanceOf}: the FMR at which so many comparisons reach `chance`; 1 when nobody is compared. */
export function fmrOfChance(chance: number, comparisons: number): number {
  if (comparisons <= 0) return 1;
  return -Math.expm1(Math.log1p(-chance) / comparisons);
}

/** Of a whole answer no smaller chance is said: what was measured does not reach further. */
export const LEAST_CHANCE = 1e-4;

/** A chance as it is shown: 1, 2 or 5 times a power of ten, rounded up, and {@link LEAST_CHANCE} at least. */
export function shownChance(exact: number): number {
  const chance = Math.max(exact, LEAST_CHANCE);
  const power = 10 ** Math.floor(Math.log10(chance));
  // What floating point puts a hair above a step stands on it.
  const step = [1, 2, 5].find((one) => chance <= one * power * (1 + 1e-9)) ?? 10;
  return Number((step * power).toPrecision(1));
}
