import { chanceOf } from './chance.ts';
import type { ImpostorCurve } from './impostors.ts';
import { rateInGroup } from './own-pairs.ts';

/**
 * The verdict on a face. match: a stranger this near is unlikely (chance ≤ 1 %). possible: worth a
 * look. unknown: nobody looks similar.
 */
export type Verdict = 'match' | 'possible' | 'unknown';

/**
 * A verdict on one person. `similar`: the person looks similar, but is not named, because the name
 * would be wrong more often than right. The verdict on the face is then `possible`.
 */
export type Reading = Verdict | 'similar';

/**
 * For each verdict, the largest chance with which it is given: the chance that some stranger comes
 * as near to one of the answer's faces.
 */
export const MOST_CHANCE = { match: 0.01, possible: 0.2 } as const satisfies Record<
  Exclude<Verdict, 'unknown'>,
  number
>;

/**
 * How much was compared: the templates of the scope (N), and the faces on all photos of the answer
 * (F).
 */
export interface Compared {
  readonly templates: number;
  readonly faces: number;
  /**
   * The power that fits the pack's table to this group: see `powerIn`. 1 (the table) by default.
   */
  readonly power?: number;
}

/**
 * Gives a verdict on each person, by the person's distance from one face. The distances are sorted,
 * nearest first.
 */
export type Rule = (distances: readonly number[], compared: Compared) => Reading[];

/** A match at or below a fixed distance, and unknown above it. */
export function byThreshold(threshold: number): Rule {
  return (distances) => distances.map((distance) => (distance <= threshold ? 'match' : 'unknown'));
}

/**
 * Judges by chances:
 * - match: the chance that some stranger is this near is at most 1 %.
 * - similar: that chance is at most 20 %, and the distance is within `verification`, the pack's
 * threshold for two photos.
 * - possible: as similar, and it would be a match if this face were the only one of the answer. A
 * stranger gets this once in a hundred faces, an enrolled person more often. So more of these
 * names are right than wrong (`facefinder evaluate --groups`).
 *
 * One face is one person, so of two people who could be named for it, one at least is a stranger.
 * So only the nearest can stay a match, and only if the second nearest is unknown or much less
 * near; otherwise the nearest becomes possible. Anybody else who would be a match or possible
 * becomes similar if they are much less near than the nearest, and possible if not.
 */
export function byChance(fmrAt: ImpostorCurve['fmrAt'], verification: number): Rule {
  const alone = (distance: number, { templates, faces, power = 1 }: Compared): Reading => {
    const fmr = rateInGroup(fmrAt(distance), power);
    const chance = chanceOf(fmr, templates * faces);
    if (chance <= MOST_CHANCE.match) return 'match';
    if (chance > MOST_CHANCE.possible || distance > verification) return 'unknown';
    return chanceOf(fmr, templates) <= MOST_CHANCE.match ? 'possible' : 'similar';
  };

  return (distances, compared) => {
    const people = distances.map((distance) => ({
      reading: alone(distance, compared),
      fmr: rateInGroup(fmrAt(distance), compared.power ?? 1),
    }));
    const [best, runnerUp] = people;
    const isRivalled = best && runnerUp && runnerUp.reading !== 'unknown' && !toldApart(best.fmr, runnerUp.fmr);
    return people.map((person) => {
      const { reading, fmr } = person;
      if (reading === 'unknown' || reading === 'similar') return reading;
      if (person === best) return isRivalled ? 'possible' : reading;
      // If the nearest person is much nearer than this one, the name of this one would mostly be
      // wrong.
      return best && toldApart(best.fmr, fmr) ? 'similar' : 'possible';
    });
  };
}

/**
 * Whether the nearest person is much nearer than another one: the chance that the other one is
 * right and the nearest is a stranger is at most 1 %. Strangers come as near as the one and as the
 * other in the ratio of the two FMRs. (How often the right person is at either distance is left
 * out. Where that matters, it also speaks for the nearest.)
 */
function toldApart(bestFmr: number, runnerUpFmr: number): boolean {
  return bestFmr <= MOST_CHANCE.match * (bestFmr + runnerUpFmr);
}
