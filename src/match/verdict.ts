import { chanceOf } from './chance.ts';
import type { ImpostorCurve } from './impostors.ts';

/** match: a stranger this close is unlikely (chance ≤ 1 %); possible: worth a look; unknown: nobody is named. */
export type Verdict = 'match' | 'possible' | 'unknown';

/** The largest chance of a stranger as close at which somebody is named by each verdict. */
export const MOST_CHANCE = { match: 0.01, possible: 0.2 } as const satisfies Record<
  Exclude<Verdict, 'unknown'>,
  number
>;

/** What was compared: templates in the scope (N) and faces in the photo (F). */
export interface Compared {
  readonly templates: number;
  readonly faces: number;
  /** What the FMR of the pack's table is raised to in this group; 1, the table alone, when missing. See `powerIn`. */
  readonly power?: number;
}

/** The verdicts for one face on the distances of different people, nearest first. */
export type Rule = (distances: readonly number[], compared: Compared) => Verdict[];

/** Match at or below a plain distance, else unknown. */
export function byThreshold(threshold: number): Rule {
  return (distances) => distances.map((distance) => (distance <= threshold ? 'match' : 'unknown'));
}

/**
 * - match: the chance that some stranger is as close is at most 1 %, and nobody else is nearly as close;
 * - possible: that chance is at most 20 %, and the distance within `verification`, the pack's threshold for comparing two photos.
 *
 * One face is one person, so of two people named for it at least one is a stranger to it. Hence only the nearest can be a match,
 * and only if told apart from a runner-up who would be named alone.
 */
export function byChance(fmrAt: ImpostorCurve['fmrAt'], verification: number): Rule {
  const alone = (distance: number, { templates, faces, power = 1 }: Compared): Verdict => {
    const chance = chanceOf(fmrAt(distance) ** power, templates * faces);
    if (chance <= MOST_CHANCE.match) return 'match';
    return chance <= MOST_CHANCE.possible && distance <= verification ? 'possible' : 'unknown';
  };

  return (distances, compared) => {
    const verdicts = distances.map((distance) => alone(distance, compared));
    const [best, runnerUp] = distances;
    const { power = 1 } = compared;
    const isRivalled =
      best !== undefined &&
      runnerUp !== undefined &&
      verdicts[1] !== 'unknown' &&
      !toldApart(fmrAt(best) ** power, fmrAt(runnerUp) ** power);
    return verdicts.map((verdict, rank) => (verdict === 'match' && (rank > 0 || isRivalled) ? 'possible' : verdict));
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
