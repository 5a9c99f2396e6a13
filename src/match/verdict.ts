import { chanceOf } from './chance.ts';
import type { ImpostorCurve } from './impostors.ts';
import { rateInGroup } from './own-pairs.ts';

/**
 * The verdict on a face. match: a stranger this near is unlikely (chance ≤ 1 %). possible: worth a
 * look. unknown: nobody looks similar.
 */
export type Verdict = 'match' | 'possible' | 'unknown';

/**
 * A verdict on one person. `similar` is a `possible` for somebody whose name would be wrong more
 * often than right.
 */
export type Reading = Verdict | 'similar';

/**
 * For each verdict, the largest chance that some stranger comes this near anywhere in the answer.
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
   * The power of the pack's table in this group; see `powerIn`. By default 1: the table as it is.
   */
  readonly power?: number;
}

/**
 * Gives a verdict for each distance. The distances are those between one face and different people,
 * nearest first.
 */
export type Rule = (distances: readonly number[], compared: Compared) => Reading[];

/** A match at or below a fixed distance, and unknown above it. */
export function byThreshold(threshold: number): Rule {
  return (distances) => distances.map((distance) => (distance <= threshold ? 'match' : 'unknown'));
}

/**
 * Judges by chances:
 * - match: the chance that some stranger is this near is at most 1 %, and nobody else is nearly as
 * near;
 * - similar: that chance is at most 20 %, and the distance is within `verification`, the pack's
 * threshold for two photos;
 * - possible: as similar, and it would be a match if this face were the only one of the answer. A
 * stranger gets it once in a hundred faces, an enrolled person more often. So more names are right
 * than wrong (`facefinder evaluate --groups`).
 *
 * One face is one person, so of two people named for it at least one is a stranger. So only the
 * nearest can be a match, and only if nobody else who has a verdict is nearly as near. Somebody who
 * is much less near than the nearest is not named.
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
      // The nearest person is told apart from this one. This one's name would be wrong more often
      // than right.
      return best && toldApart(best.fmr, fmr) ? 'similar' : 'possible';
    });
  };
}

/**
 * Whether the nearest person is told apart from the next: the chance that the next is right and the
 * nearest is a stranger is at most 1 %. A stranger reaches the two distances in the ratio of their
 * FMRs. (This leaves out how often the right person is at either distance. Where that matters, the
 * nearer one is also the likelier one.)
 */
function toldApart(bestFmr: number, runnerUpFmr: number): boolean {
  return bestFmr <= MOST_CHANCE.match * (bestFmr + runnerUpFmr);
}
