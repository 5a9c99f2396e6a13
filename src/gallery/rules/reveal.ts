import { DAY_MS } from '../../consent/sweep.ts';

/**
 * Limits what answers reveal about a person's template. Each answer about a near face reveals
 * something about it, and from enough answers it could be computed. A budget can be spent at once,
 * and then refills slowly. One number stands for it: the time when it will be full again (a generic
 * cell rate algorithm, ITU-T I.371).
 */

/** A budget in units. A unit is one shown distance. */
export interface Allowance {
  /** How many units can be spent at once. */
  readonly atOnce: number;
  /** How many milliseconds it takes to refill one unit. */
  readonly unitMs: number;
  /**
   * The part of `atOnce` that is kept for verdicts. So people are still named when distances have
   * used up the rest.
   */
  readonly keptForVerdicts: number;
}

/** The price of a shown distance. The verdicts cost extra. */
const DISTANCE_PRICE = 1;

/** The price of the verdict on one face near a person, whether or not the person is named. */
const VERDICT_PRICE = 0.4;

/**
 * The price of a verdict that is clear: it could hardly have been another, so it reveals little.
 */
const CLEAR_PRICE = 0.05;

/**
 * What one asker may learn about one person: 20 distances in 30 days. With these, somebody who has
 * nine photos of the person gets 0.05 closer to the template (`npm run drill template`).
 */
export const PER_ASKER: Allowance = { atOnce: 14, unitMs: 5 * DAY_MS, keptForVerdicts: 4 };

/**
 * What all askers of a group together may learn about one person: 100 distances in 30 days. With
 * these, they get 0.10 closer to the template.
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

/** How many faces of an ask are near a person. */
export interface NearFaces {
  /** Whether the person is named at one of these faces. Otherwise no distance is shown. */
  readonly isNamed: boolean;
  /** How many of these faces have a clear verdict, which could hardly have been another. */
  readonly clear: number;
  /** How many of these faces have an unclear verdict, which could have been another. */
  readonly unclear: number;
}

/**
 * What an answer may say about a person: a distance too, only verdicts, or nothing until `again`.
 */
export type Granted =
  | { readonly tells: 'distance' | 'verdict'; readonly spent: Spent }
  | { readonly tells: 'nothing'; readonly again: number };

/**
 * Decides what may be said about a person near these faces of an ask. When a distance costs too
 * much, only the verdicts are said.
 */
export function granted(before: Spent, near: NearFaces, now: number): Granted {
  const verdicts = near.clear * CLEAR_PRICE + near.unclear * VERDICT_PRICE;
  const whole = spend(before, DISTANCE_PRICE + verdicts, now);
  if (near.isNamed && roomAt(whole, 'keptForVerdicts') <= now) return { tells: 'distance', spent: whole };
  const less = spend(before, verdicts, now);
  // A price above the whole budget can never be paid. So the wait is never longer than the whole
  // budget takes to refill.
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
 * When both budgets have room for what was just spent. `without`: do not use the part that is kept
 * for verdicts.
 */
function roomAt({ asker, group }: Spent, without?: 'keptForVerdicts'): number {
  const room = (renewed: number, allowance: Allowance) =>
    renewed - (allowance.atOnce - (without ? allowance[without] : 0)) * allowance.unitMs;
  return Math.max(room(asker, PER_ASKER), room(group, PER_GROUP));
}
