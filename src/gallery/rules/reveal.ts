import { DAY_MS } from '../../consent/sweep.ts';

/**
 * Limits what answers reveal about a person's template. Each answer about a face near the person
 * reveals something about the template, and from enough answers the template could be computed. So
 * each answer has a price, which is taken from a budget. A full budget can be spent at once, and
 * refills slowly. It is stored as one number: the time when it will be full again (the generic cell
 * rate algorithm, ITU-T I.371).
 */

/** A budget in units. A unit is one shown distance. */
export interface Allowance {
  /** How many units can be spent at once. */
  readonly atOnce: number;
  /** How many milliseconds it takes to refill one unit. */
  readonly unitMs: number;
  /**
   * How many of the `atOnce` units may not be spent on distances. They are left for verdicts, so
   * that people are still named when distances have used up the rest.
   */
  readonly keptForVerdicts: number;
}

/** The price of a shown distance. The verdict beside it is paid in addition. */
const DISTANCE_PRICE = 1;

/**
 * The price of an unclear verdict on one face near a person, whether or not the person is named.
 */
const VERDICT_PRICE = 0.4;

/** The price of a clear verdict. It could hardly have been another one, so it reveals little. */
const CLEAR_PRICE = 0.05;

/**
 * What one asker may learn about one person: 20 distances in 30 days. With 20 distances, somebody
 * who has nine photos of the person can compute an embedding that is 0.05 nearer to the template
 * than without (`npm run drill template`).
 */
export const PER_ASKER: Allowance = { atOnce: 14, unitMs: 5 * DAY_MS, keptForVerdicts: 4 };

/**
 * What all askers of a group together may learn about one person: 100 distances in 30 days. With
 * 100 distances, they can compute an embedding that is 0.10 nearer to the template.
 */
export const PER_GROUP: Allowance = { atOnce: 70, unitMs: DAY_MS, keptForVerdicts: 10 };

/**
 * When a person's two budgets are full again, milliseconds since 1970: the budget for this asker,
 * and the budget for all askers.
 */
export interface Spent {
  readonly asker: number;
  readonly group: number;
}

/** The faces of an ask that are near one person. */
export interface NearFaces {
  /** Whether the answer names the person at one of these faces. If not, it shows no distance. */
  readonly isNamed: boolean;
  /** How many of these faces have a clear verdict: it could hardly have been another one. */
  readonly clear: number;
  /** How many of these faces have an unclear verdict: it could well have been another one. */
  readonly unclear: number;
}

/**
 * What an answer may say about a person. `distance`: the verdicts and a distance. `verdict`: only
 * the verdicts. `nothing`: nothing until `again`, milliseconds since 1970.
 */
export type Granted =
  | { readonly tells: 'distance' | 'verdict'; readonly spent: Spent }
  | { readonly tells: 'nothing'; readonly again: number };

/**
 * Decides what an answer may say about a person who is near these faces. When the budgets have no
 * room for a distance, it may say only the verdicts, and without room for these, nothing.
 */
export function granted(before: Spent, near: NearFaces, now: number): Granted {
  const verdicts = near.clear * CLEAR_PRICE + near.unclear * VERDICT_PRICE;
  const whole = spend(before, DISTANCE_PRICE + verdicts, now);
  if (near.isNamed && roomAt(whole, 'keptForVerdicts') <= now) return { tells: 'distance', spent: whole };
  const less = spend(before, verdicts, now);
  // A price above the whole budget never fits, not even at the time that `roomAt` gives. So the
  // wait is limited to the time that the asker's whole budget takes to refill.
  const again = Math.min(roomAt(less), now + PER_ASKER.atOnce * PER_ASKER.unitMs);
  return again <= now ? { tells: 'verdict', spent: less } : { tells: 'nothing', again };
}

function spend({ asker, group }: Spent, price: number, now: number): Spent {
  return {
    asker: Math.max(asker, now) + price * PER_ASKER.unitMs,
    group: Math.max(group, now) + price * PER_GROUP.unitMs,
  };
}

/**
 * From when on both budgets have room for what was just spent from them, milliseconds since 1970.
 * `without`: the part that is kept for verdicts does not count as room.
 */
function roomAt({ asker, group }: Spent, without?: 'keptForVerdicts'): number {
  const room = (renewed: number, allowance: Allowance) =>
    renewed - (allowance.atOnce - (without ? allowance[without] : 0)) * allowance.unitMs;
  return Math.max(room(asker, PER_ASKER), room(group, PER_GROUP));
}
