import { chanceOf } from './chance.ts';
import type { ImpostorCurve } from './impostors.ts';

/** match: a stranger this close is unlikely (chance ≤ 1 %); possible: worth a look; unknown: nobody looks like it. */
export type Verdict = 'match' | 'possible' | 'unknown';

/** A verdict on one person. `similar` is `possible` where more often than not it would be wrong to name them. */
export type Reading = Verdict | 'similar';

/** The largest chance of a stranger as close in the whole answer at which somebody has each verdict. */
export const MOST_CHANCE = { match: 0.01, possible: 0.2 } as const satisfies Record<
  Exclude<Verdict, 'unknown'>,
  number
>;

/** What was compared: templates in the scope (N) and faces of the whole answer (F), in however many photos. */
export interface Compared {
  readonly templates: number;
  readonly faces: number;
  /** What the FMR of the pack's table is raised to in this group; 1, the table alone, when missing. See `powerIn`. */
  readonly power?: number;
}

/** The verdicts for one face on the distances of different people, nearest first. */
export type Rule = (distances: readonly number[], compared: Compared) => Reading[];

/** Match at or below a plain distance, else unknown. */
export function byThreshold(threshold: number): Rule {
  return (distances) => distances.map((distance) => (distance <= threshold ? 'match' : 'unknown'));
}

/**
 * - match: the chance that some stranger is as close is at most 1 %, and nobody else is nearly as close;
 * - similar: that chance is at most 20 %, and the distance within `verification`, the pack's threshold for comparing two photos;
 * - possible: the same, and it would be a match if this face were the only one of the answer. Then a stranger is called so once
 *   in a hundred faces, and the enrolled oftener: of what is named, more is right than wrong (`facefinder evaluate --groups`).
 *
 * One face is one person, so of two people named for it at least one is a stranger to it. Hence only the nearest can be a match,
 * and only if told apart from a runner-up who has a verdict alone; and whoever is told apart from the nearest is not named.
 */
export function byChance(fmrAt: ImpostorCurve['fmrAt'], verification: number): Rule {
  const alone = (distance: number, { templates, faces, power = 1 }: Compared): Reading => {
    const fmr = fmrAt(distance) ** power;
    const chance = chanceOf(fmr, templates * faces);
    if (chance <= MOST_CHANCE.match) return 'match';
    if (chance > MOST_CHANCE.possible || distance > verification) return 'unknown';
    return chanceOf(fmr, templates) <= MOST_CHANCE.match ? 'possible' : 'similar';
  };

  return (distances, compared) => {
    const people = distances.map((distance) => ({
      reading: alone(distance, compared),
      fmr: fmrAt(distance) ** (compared.power ?? 1),
    }));
    const [best, runnerUp] = people;
    const isRivalled = best && runnerUp && runnerUp.reading !== 'unknown' && !toldApart(best.fmr, runnerUp.fmr);
    return people.map((person) => {
      const { reading, fmr } = person;
      if (reading === 'unknown' || reading === 'similar') return reading;
      if (person === best) return isRivalled ? 'possible' : reading;
      // Beside somebody who is told apart from them, others are more likely named wrongly.
      return best && toldApart(best.fmr, fmr) ? 'similar' : 'possible';
    });
  };
}

/**
 * Whether the chance that the runner-up is the right person, and the best the stranger, is at most 1 %. A stranger comes as close
 * as the best, or as the runner-up, in the ratio of their two FMRs. (How often the right person is at either distance is left
 * out: where this matters, the nearer is also the likelier.)
 */
function toldApart(bestFmr: number, runnerUpFmr: number): boolean {
  return bestFmr <= MOST_CHANCE.match * (bestFmr + runnerUpFmr);
}
