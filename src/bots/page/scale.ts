import type { Matcher } from '../../match/matcher.ts';
import type { Compared } from '../../match/verdict.ts';

/** What the page needs to draw distances on a scale and explain them. */
export interface Scale {
  /** The largest distances of a match and a possible, for this comparison. */
  limits(compared: Compared): { readonly match: number; readonly possible: number };
  /** How close strangers come: rising distances, each with the share of strangers up to it. */
  readonly strangers: readonly (readonly [distance: number, share: number])[];
  /** Numbers in a template. */
  readonly dims: number;
}

/**
 * Unrelated faces are around the square root of 2, like unrelated directions. Nothing of interest
 * lies beyond.
 */
const END = 1.6;
const STEP = 0.04;

/** The scale of a matcher whose templates have `dims` numbers. */
export function pageScale({ chance, limits }: Pick<Matcher, 'chance' | 'limits'>, dims: number): Scale {
  const distances = Array.from(
    { length: Math.round(END / STEP) + 1 },
    (_, step) => Math.round(step * STEP * 100) / 100,
  );
  return {
    limits,
    strangers: distances.map((distance) => [distance, chance(distance, { templates: 1, faces: 1 })]),
    dims,
  };
}
