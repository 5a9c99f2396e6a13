import { chanceOf, fmrOfChance } from './chance.ts';
import { type FmrTable, impostorCurve } from './impostors.ts';
import { byChance, byThreshold, type Compared, MOST_CHANCE, type Verdict } from './verdict.ts';

/** At most this many people are named for one face. */
export const MAX_NAMES = 3;

/** Somebody who is named for a face. */
export interface Named<C> {
  readonly candidate: C;
  /** Euclidean, rounded to 0.01. */
  readonly distance: number;
  /** That some stranger would look as close, 0..1; of the rounded distance, so that it gives away nothing finer. */
  readonly chance: number;
  readonly verdict: Exclude<Verdict, 'unknown'>;
}

/** What is said of one face: the verdict of the nearest, and who is named, nearest first; nobody for `unknown`. */
export interface Judgement<C> {
  readonly verdict: Verdict;
  readonly matches: readonly Named<C>[];
}

export interface Matcher {
  /**
   * Judges the candidates for one face: one per person, at the distance of their nearest template, nearest first.
   * Verdicts come from exact distances; what is shown is rounded.
   */
  judge<C extends { readonly distance: number }>(candidates: readonly C[], compared: Compared): Judgement<C>;
  /** Whether two enrolments in a scope of so many templates show one face: the chance that a stranger is this close is ≤ 1 %. */
  sameFace(distance: number, templates: number): boolean;
  /** The chance that some stranger is this close, 0..1. */
  chance(distance: number, compared: Compared): number;
  /** The largest distance at which {@link chance} is at most `chance`. */
  distanceAtChance(chance: number, compared: Compared): number;
}

/**
 * Turns distances into verdicts by a pack's impostor distribution (see {@link byChance}).
 * @param thresholds.verification the pack's distance up to which two photos are taken for one person
 * @param thresholds.matchDistance judges by this plain threshold instead; {@link Matcher.sameFace} stays as it is
 */
export function matcher(
  impostors: { readonly fmr: FmrTable },
  thresholds: { readonly verification: number; readonly matchDistance?: number | undefined },
): Matcher {
  const { fmrAt, distanceAt } = impostorCurve(impostors.fmr);
  const { verification, matchDistance } = thresholds;
  const isPlain = matchDistance !== undefined;
  const rule = isPlain ? byThreshold(matchDistance) : byChance(fmrAt, verification);

  const chance = (distance: number, { templates, faces }: Compared) => chanceOf(fmrAt(distance), templates * faces);

  return {
    judge(candidates, compared) {
      const nearest = candidates.slice(0, MAX_NAMES);
      const distances = nearest.map((candidate) => candidate.distance);
      const verdicts = rule(distances, compared);
      const matches = nearest.flatMap((candidate, rank) => {
        const verdict = verdicts[rank] ?? 'unknown';
        if (verdict === 'unknown') return [];
        const distance = Math.round(candidate.distance * 100) / 100;
        // Rounded up, a distance can have a little more chance than its verdict allows.
        const most = isPlain ? 1 : MOST_CHANCE[verdict];
        return [{ candidate, distance, chance: Math.min(chance(distance, compared), most), verdict }];
      });
      return { verdict: matches[0]?.verdict ?? 'unknown', matches };
    },
    sameFace: (distance, templates) => chance(distance, { templates, faces: 1 }) <= MOST_CHANCE.match,
    chance,
    distanceAtChance: (wanted, { templates, faces }) => distanceAt(fmrOfChance(wanted, templates * faces)),
  };
}
