import type { Matcher } from '../../match/matcher.ts';
import type { Compared } from '../../match/verdict.ts';

/** What the page needs to draw distances on a scale and explain them. */
export interface Scale {
  /**
   * The largest distance that is a match, and the largest that is a `possible`, when as much is
   * compared as `compared` says.
   */
  limits(compared: Compared): { readonly match: number; readonly possible: number };
  /**
   * How near strangers come: rising distances, each with the share of strangers who are at most so
   * far apart.
   */
  readonly strangers: readonly (readonly [distance: number, share: number])[];
  /** How many numbers a template has. */
  readonly dims: number;
}

/**
 * Where the scale ends. Faces of strangers are around the square root of 2 apart, like random
 * directions. Nothing of interest is further away.
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
