import { chanceOf } from './chance.ts';
import type { ImpostorCurve } from './impostors.ts';
import { rateInGroup } from './own-pairs.ts';

/**
 * match: a stranger this close is unlikely (chance ≤ 1 %); possible: worth a look; unknown: nobody
 * looks similar.
 */
export type Verdict = 'match' | 'possible' | 'unknown';

/**
 * A verdict on one person. `similar` is `possible` for somebody who would be named wrongly more
 * often than not.
 */
export type Reading = Verdict | 'similar';

/** For each verdict, the largest chance that a stranger comes this close anywhere in the answer. */
export const MOST_CHANCE = { match: 0.01, possible: 0.2 } as const satisfies Record<
  Exclude<Verdict, 'unknown'>,
  number
>;

/**
 * What was compared: the templates of the scope (N) and the faces of the whole answer (F), over all
 * its photos.
 */
export interface Compared {
  readonly templates: number;
  readonly faces: number;
  /**
   * The power of the pack's table in this group, see `powerIn`. Without it 1: the table as it is.
   */
  readonly power?: number;
}

/** The verdicts for one face on the distances of different people, nearest first. */
export type Rule = (distances: readonly number[], compared: Compared) => Reading[];

/** Match at or below a plain distance, else unknown. */
export function byThreshold(threshold: number): Rule {
  return (distances) => distances.map((distance) => (distance <= threshold ? 'match' : 'unknown'));
}

/**
 * - match: the chance that some stranger is this close is at most 1 %, and nobody else is nearly as
 *   close;
 * - similar: that chance is at most 20 %, and the distance is within `verification`, the pack's
 *   threshold for two photos;
 * - possible: as similar, and it would be a match if this face were the only one of the answer. A
 *   stranger gets it once in a hundred faces, an enrolled person more often: more of the named are
 *   right than wrong (`facefinder evaluate --groups`).
 *
 * One face is one person, so of two people named for it at least one is a stranger. Hence only the
 * nearest can be a match, and only when told apart from a runner-up who also has a verdict.
 * Somebody who is told apart from the nearest is not named.
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
      // When the nearest person is told apart from this one, naming this one would be wrong more
      // often than right.
      return best && toldApart(best.fmr, fmr) ? 'similar' : 'possible';
    });
  };
}

/**
 * Whether the best is told apart from the runner-up: the chance that the runner-up is right and the
 * best a stranger is at most 1 %. A stranger reaches the two distances in the ratio of their FMRs.
 * (It ignores how often the right person is at either distance. Where that matters, the nearer is
 * also the likelier.)
 */
function toldApart(bestFmr: number, runnerUpFmr: number): boolean {
  return bestFmr <= MOST_CHANCE.match * (bestFmr + runnerUpFmr);
}
