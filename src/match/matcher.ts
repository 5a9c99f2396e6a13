import { chanceOf, fmrOfChance, shownChance } from './chance.ts';
import { type FmrTable, impostorCurve } from './impostors.ts';
import { type OwnPairs, powerIn, rateInGroup, tableRate } from './own-pairs.ts';
import { byChance, byThreshold, type Compared, MOST_CHANCE, type Verdict } from './verdict.ts';

/** How many people are named for one face at most. */
export const MAX_NAMES = 3;

/**
 * The step to which shown distances are rounded. The distances of two photos of one person differ
 * by more than this. So even many shown distances say little about a template.
 */
const SHOWN_STEP = 0.05;

/**
 * A verdict is unclear if the distance is nearer than this to the limit between two verdicts, on
 * either side. Somebody with other photos of the person can predict distances, with a spread of
 * 0.052 near 0.9 (`npm run drill template`). This is twice that spread. So they can predict a clear
 * verdict, and learn next to nothing from it.
 */
const UNCLEAR = 0.1;

/** The share of strangers who are wrongly taken for one given person by `sameFace`. */
const TAKEN_FMR = 1e-5;

/** Somebody who is named for a face. */
export interface Named<C> {
  readonly candidate: C;
  /** The Euclidean distance, rounded to {@link SHOWN_STEP}. */
  readonly distance: number;
  /**
   * The chance that some stranger looks this similar, 0..1: 1, 2 or 5 times a power of ten. It is
   * computed from the rounded distance, so that it reveals no more than that distance.
   */
  readonly chance: number;
  readonly verdict: Exclude<Verdict, 'unknown'>;
}

/** The result for one face. */
export interface Judgement<C> {
  /** The verdict on the face: that on the nearest person who is named or similar. */
  readonly verdict: Verdict;
  /** The people who are named, nearest first. */
  readonly matches: readonly Named<C>[];
  /** People who look similar and are not named, because their names would more often be wrong. */
  readonly similar: readonly C[];
  /**
   * The people about whose templates the verdict reveals something: those within the limit for a
   * verdict, and those slightly beyond it.
   */
  readonly near: readonly Near<C>[];
}

/** Somebody near a face, whether named or not. */
export interface Near<C> {
  readonly candidate: C;
  /**
   * Whether the verdict is clear: it could hardly have been another one, and so reveals next to
   * nothing about the person's template.
   */
  readonly isClear: boolean;
}

export interface Matcher {
  /**
   * Judges the candidates for one face, which must be sorted, nearest first. Each person is there
   * once, at the distance of their nearest template. Verdicts come from the exact distances.
   */
  judge<C extends { readonly distance: number }>(candidates: readonly C[], compared: Compared): Judgement<C>;
  /**
   * Whether a new face is so near to somebody's template that it counts as that person's face. One
   * stranger in 100,000 is this near. The limit does not depend on the size of the group. So a new
   * person is wrongly refused in 1 of 100 groups of 1,000 templates, and in 1 of 10 groups of
   * 10,000.
   */
  sameFace(distance: number): boolean;
  /**
   * How clear the answer of {@link Matcher.sameFace} is. `clear`: the distance is far below its
   * limit. `unclear`: near the limit, on either side. Undefined: far above the limit, or NaN.
   */
  nearlySame(distance: number): 'clear' | 'unclear' | undefined;
  /** Whether two selfies may show one person: at most one stranger in 100 is this near. */
  samePerson(distance: number): boolean;
  /**
   * The power that fits the pack's table to a group with these pairs: see {@link Compared.power}.
   */
  powerIn(own: OwnPairs | undefined): number;
  /**
   * The largest distances at which a verdict of match and of possible may be given. With a fixed
   * threshold, both are that threshold.
   */
  limits(compared: Compared): { readonly match: number; readonly possible: number };
  /** The chance that some stranger is this close, 0..1. */
  chance(distance: number, compared: Compared): number;
  /** The largest distance at which {@link chance} is at most `chance`. */
  distanceAtChance(chance: number, compared: Compared): number;
}

/** A distance as people read it, rounded to {@link SHOWN_STEP}. */
export function shownDistance(distance: number): number {
  return Math.round(Math.round(distance / SHOWN_STEP) * SHOWN_STEP * 100) / 100;
}

/** The verdict on a face with these named people (`matches`) and these similar people. */
export function verdictOf({ matches: [best], similar }: Pick<Judgement<unknown>, 'matches' | 'similar'>): Verdict {
  return best?.verdict ?? (similar.length > 0 ? 'possible' : 'unknown');
}

/**
 * Makes the matcher of a pack. It turns distances into verdicts by the pack's impostor table (see
 * {@link byChance}).
 * @param thresholds.verification the pack's distance up to which two photos count as one person
 * @param thresholds.matchDistance if given, verdicts come from this fixed threshold and not from
 * chances. {@link Matcher.sameFace} does not change
 */
export function matcher(
  impostors: { readonly fmr: FmrTable; readonly worstGroup?: { readonly power: number } | undefined },
  thresholds: { readonly verification: number; readonly matchDistance?: number | undefined },
): Matcher {
  const { fmrAt, distanceAt } = impostorCurve(impostors.fmr);
  const { verification, matchDistance } = thresholds;
  const isPlain = matchDistance !== undefined;
  const taken = distanceAt(TAKEN_FMR);
  const rule = isPlain ? byThreshold(matchDistance) : byChance(fmrAt, verification);

  const chance = (distance: number, { templates, faces, power = 1 }: Compared) =>
    chanceOf(rateInGroup(fmrAt(distance), power), templates * faces);
  const distanceAtChance = (wanted: number, { templates, faces, power = 1 }: Compared) =>
    distanceAt(tableRate(fmrOfChance(wanted, templates * faces), power));
  const limits = (compared: Compared) => {
    if (isPlain) return { match: matchDistance, possible: matchDistance };
    const match = distanceAtChance(MOST_CHANCE.match, compared);
    const possible = Math.min(distanceAtChance(MOST_CHANCE.possible, compared), verification);
    return { match, possible: Math.max(possible, match) };
  };

  return {
    judge(candidates, compared) {
      const nearest = candidates.slice(0, MAX_NAMES);
      const distances = nearest.map((candidate) => candidate.distance);
      const verdicts = rule(distances, compared);
      const matches = nearest.flatMap((candidate, rank) => {
        const verdict = verdicts[rank] ?? 'unknown';
        if (verdict === 'unknown' || verdict === 'similar') return [];
        const distance = shownDistance(candidate.distance);
        // The rounded distance may have a slightly higher chance than the verdict allows. The shown
        // chance must not contradict the verdict.
        const most = isPlain ? 1 : MOST_CHANCE[verdict];
        return [{ candidate, distance, chance: Math.min(shownChance(chance(distance, compared)), most), verdict }];
      });
      const { match, possible } = limits(compared);
      const near = nearest
        .filter(({ distance }) => distance <= possible + UNCLEAR)
        .map((candidate) => ({ candidate, isClear: candidate.distance < match - UNCLEAR }));
      const similar = nearest.filter((_, rank) => verdicts[rank] === 'similar');
      return { verdict: verdictOf({ matches, similar }), matches, similar, near };
    },
    sameFace: (distance) => distance <= taken,
    nearlySame(distance) {
      if (!(distance <= taken + UNCLEAR)) return undefined;
      return distance < taken - UNCLEAR ? 'clear' : 'unclear';
    },
    powerIn: (own) => powerIn(own, fmrAt, impostors.worstGroup?.power),
    samePerson: (distance) => fmrAt(distance) <= MOST_CHANCE.match,
    limits,
    chance,
    distanceAtChance,
  };
}
