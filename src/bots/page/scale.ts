import type { Matcher } from '../../match/matcher.ts';
import { type Compared, MOST_CHANCE } from '../../match/verdict.ts';

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

/** @param thresholds those of the matcher: a plain `matchDistance` decides alone */
export function pageScale(
  matcher: Pick<Matcher, 'chance' | 'distanceAtChance'>,
  thresholds: { readonly verification: number; readonly matchDistance?: number | undefined },
  dims: number,
): Scale {
  const { verification, matchDistance } = thresholds;
  const distances = Array.from(
    { length: Math.round(END / STEP) + 1 },
    (_, step) => Math.round(step * STEP * 100) / 100,
  );
  return {
    limits(compared) {
      if (matchDistance !== undefined) return { match: matchDistance, possible: matchDistance };
      const match = matcher.distanceAtChance(MOST_CHANCE.match, compared);
      const possible = Math.min(matcher.distanceAtChance(MOST_CHANCE.possible, compared), verification);
      return { match, possible: Math.max(match, possible) };
    },
    strangers: distances.map((distance) => [distance, matcher.chance(distance, { templates: 1, faces: 1 })]),
    dims,
  };
}
