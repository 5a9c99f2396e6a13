import { DAY_MS } from '../../consent/sweep.ts';

/**
 * What is revealed of a person's template is budgeted. Each answer about a face that is near them
 * tells something of it, and whoever collects enough answers can compute it. A budget is spent at
 * once and comes back slowly; it is kept as one number, the moment from which nothing is spent any
 * more (a generic cell rate algorithm, ITU-T I.371).
 */

/** What a budget allows, in units; a unit is one distance that is told. */
export interface Allowance {
  /** Units that can be spent at once. */
  readonly atOnce: number;
  /** Milliseconds after which a unit has come back. */
  readonly unitMs: number;
  /** Of the units at once, those that no distance is told for: people are still named when the others are spent. */
  readonly keptForVerdicts: number;
}

/** What it costs to tell a distance, beside the verdicts. */
const DISTANCE_PRICE = 1;

/** What the verdict of each face costs that is near a person, named there or not. */
const VERDICT_PRICE = 0.4;

/** The same where hardly another verdict was possible. */
const CLEAR_PRICE = 0.05;

/**
 * What may be revealed of one person to one asker: 20 distances in 30 days. With as many, somebody
 * who has nine photos of the person comes 0.05 closer to the template (`npm run drill template`).
 */
export const PER_ASKER: Allowance = { atOnce: 14, unitMs: 5 * DAY_MS, keptForVerdicts: 4 };

/** What may be revealed of one person to all askers of a group: 100 distances in 30 days, 0.10 closer. */
export const PER_GROUP: Allowance = { atOnce: 70, unitMs: DAY_MS, keptForVerdicts: 10 };

/** What has been revealed of a person, to one asker and to all: when it is renewed, milliseconds since 1970. */
export interface Spent {
  readonly asker: number;
  readonly group: number;
}

/** At how many of an ask's faces a person is near. */
export interface NearFaces {
  /** Whether they are named at one of them: else there is no distance to tell. */
  readonly isNamed: boolean;
  /** Where hardly another verdict was possible. */
  readonly clear: number;
  /** Where another one was. */
  readonly unclear: number;
}

/** What an answer may say of a person: a distance too, or nothing but verdicts; or when to ask again. */
export type Granted =
  | { readonly tells: 'distance' | 'verdict'; readonly spent: Spent }
  | { readonly tells: 'nothing'; readonly again: number };

/** What may be said of a person to whom these faces of an ask are near; where a distance is too much, verdicts alone. */
export function granted(before: Spent, near: NearFaces, now: number): Granted {
  const verdicts = near.clear * CLEAR_PRICE + near.unclear * VERDICT_PRICE;
  const whole = spend(before, DISTANCE_PRICE + verdicts, now);
  if (near.isNamed && roomAt(whole, 'keptForVerdicts') <= now) return { tells: 'distance', spent: whole };
  const less = spend(before, verdicts, now);
  // There is never room for what is more than all.
  const again = Math.min(roomAt(less), now + PER_ASKER.atOnce * PER_ASKER.unitMs);
  return again <= now ? { tells: 'verdict', spent: less } : { tells: 'nothing', again };
}

function spend({ asker, group }: Spent, price: number, now: number): Spent {
  return {
    asker: Math.max(asker, now) + price * PER_ASKER.unitMs,
    group: Math.max(group, now) + price * PER_GROUP.unitMs,
  };
}

/** When there is room for what was spent last, without what is kept for verdicts if that is said. */
function roomAt({ asker, group }: Spent, without?: 'keptForVerdicts'): number {
  const room = (renewed: number, allowance: Allowance) =>
    renewed - (allowance.atOnce - (without ? allowance[without] : 0)) * allowance.unitMs;
  return Math.max(room(asker, PER_ASKER), room(group, PER_GROUP));
}
