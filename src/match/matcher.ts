import { chanceOf, fmrOfChance, shownChance } from './chance.ts';
import { type FmrTable, impostorCurve } from './impostors.ts';
import { type OwnPairs, powerIn, rateInGroup, tableRate } from './own-pairs.ts';
import { byChance, byThreshold, type Compared, MOST_CHANCE, type Verdict } from './verdict.ts';

/** How many people are named for one face at most. */
export const MAX_NAMES = 3;

/**
 * The step to which shown distances are rounded. Two photos of one person differ by more than this.
 * So many distances together still say little about a template.
 */
const SHOWN_STEP = 0.05;

/**
 * How near a distance must be to the limit of a verdict, on either side, so that the verdict tells
 * a guesser something new. It is twice the spread of distances that are predicted from other photos
 * of the person (0.052 near 0.9, `npm run drill template`).
 */
const UNCLEAR = 0.1;

/** The share of strangers who are taken for somebody who is already enrolled. */
const TAKEN_FMR = 1e-5;

/** Somebody who is named for a face. */
export interface Named<C> {
  readonly candidate: C;
  /** The Euclidean distance, rounded to {@link SHOWN_STEP}. */
  readonly distance: number;
  /**
   * The chance that some stranger looks this similar, 0..1: 1, 2 or 5 times a power of ten. It is
   * computed from the rounded distance, so that it reveals no more than that.
   */
  readonly chance: number;
  readonly verdict: Exclude<Verdict, 'unknown'>;
}

/** The result for one face. */
export interface Judgement<C> {
  /** The verdict on the nearest person who has one. */
  readonly verdict: Verdict;
  /** The people who are named, nearest first. */
  readonly matches: readonly Named<C>[];
  /** People who look similar, but are not named. */
  readonly similar: readonly C[];
  /**
   * The people about whom the verdict reveals something: those who are named, and those who nearly
   * are.
   */
  readonly near: readonly Near<C>[];
}

/** Somebody near a face, named or not. */
export interface Near<C> {
  readonly candidate: C;
  /**
   * Whether the verdict could hardly have been another. Then it reveals next to nothing about the
   * person's template.
   */
  readonly isClear: boolean;
}

export interface Matcher {
  /**
   * Judges the candidates for one face, nearest first. Each person comes once, at the distance of
   * their nearest template. Verdicts use exact distances. Shown distances are rounded.
   */
  judge<C extends { readonly distance: number }>(candidates: readonly C[], compared: Compared): Judgement<C>;
  /**
   * Whether a new face is one that somebody else has enrolled. One stranger in 100,000 is this
   * near, however large the group is. So a new person is wrongly refused in 1 of 100 groups of
   * 1,000 templates, and in 1 of 10 groups of 10,000.
   */
  sameFace(distance: number): boolean;
  /**
   * How sure {@link Matcher.sameFace} is: `clear` far below its limit, `unclear` near its limit,
   * undefined far above it.
   */
  nearlySame(distance: number): 'clear' | 'unclear' | undefined;
  /** Whether two selfies may show one person. One stranger in 100 is this near. */
  samePerson(distance: number): boolean;
  /**
   * The power that makes the pack's table true in a group with these pairs: see
   * {@link Compared.power}.
   */
  powerIn(own: OwnPairs | undefined): number;
  /**
   * The largest distances of a match and of a possible. Both are the plain threshold where there is
   * one.
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

/** The verdict on a face with these named people and these similar ones. */
export function verdictOf({ matches: [best], similar }: Pick<Judgement<unknown>, 'matches' | 'similar'>): Verdict {
  return best?.verdict ?? (similar.length > 0 ? 'possible' : 'unknown');
}

/**
 * Turns distances into verdicts by a pack's impostor table (see {@link byChance}).
 * @param thresholds.verification the pack's distance up to which two photos count as one person
 * @param thresholds.matchDistance a fixed threshold that replaces the chances.
 * {@link Matcher.sameFace} stays as it is
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
        // A distance that is rounded up can have a little more chance than its verdict allows.
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
