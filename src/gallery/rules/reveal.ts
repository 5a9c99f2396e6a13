import { DAY_MS } from '../../consent/sweep.ts';

/**
 * Limits what answers reveal of a person's template. Each answer about a near face tells something
 * of it, and enough answers allow computing it. A budget can be spent at once and refills slowly.
 * It is stored as one number, the time when it is full again (a generic cell rate algorithm, ITU-T
 * I.371).
 */

/** A budget in units. A unit is one shown distance. */
export interface Allowance {
  /** The most units that can be spent at once. */
  readonly atOnce: number;
  /** Milliseconds until one unit is refilled. */
  readonly unitMs: number;
  /**
   * The part of `atOnce` that distances may not use, so that people are still named when the rest
   * is spent.
   */
  readonly keptForVerdicts: number;
}

/** The price of a distance, beside the verdicts. */
const DISTANCE_PRICE = 1;

/** The price of the verdict on each face near a person, named or not. */
const VERDICT_PRICE = 0.4;

/** The price of a verdict that could hardly have been another. */
const CLEAR_PRICE = 0.05;

/**
 * What one asker may learn of one person: 20 distances in 30 days. With these, somebody who has
 * nine photos of the person gets 0.05 closer to the template (`npm run drill template`).
 */
export const PER_ASKER: Allowance = { atOnce: 14, unitMs: 5 * DAY_MS, keptForVerdicts: 4 };

/** What all askers of a group may learn of one person: 100 distances in 30 days, 0.10 closer. */
export const PER_GROUP: Allowance = { atOnce: 70, unitMs: DAY_MS, keptForVerdicts: 10 };

/**
 * When the budgets of a person are full again, for one asker and for all: milliseconds since 1970.
 */
export interface Spent {
  readonly asker: number;
  readonly group: number;
}

/** How many faces of an ask are near a person. */
export interface NearFaces {
  /** Whether the person is named at one of them. Otherwise there is no distance to show. */
  readonly isNamed: boolean;
  /** Faces whose verdict could hardly have been another. */
  readonly clear: number;
  /** Faces whose verdict could have been another. */
  readonly unclear: number;
}

/** What an answer may say of a person: also a distance, only verdicts, or nothing until `again`. */
export type Granted =
  | { readonly tells: 'distance' | 'verdict'; readonly spent: Spent }
  | { readonly tells: 'nothing'; readonly again: number };

/**
 * What may be said of a person near these faces of an ask. When a distance costs too much, verdicts
 * alone.
 */
export function granted(before: Spent, near: NearFaces, now: number): Granted {
  const verdicts = near.clear * CLEAR_PRICE + near.unclear * VERDICT_PRICE;
  const whole = spend(before, DISTANCE_PRICE + verdicts, now);
  if (near.isNamed && roomAt(whole, 'keptForVerdicts') <= now) return { tells: 'distance', spent: whole };
  const less = spend(before, verdicts, now);
  // A price above the whole budget never fits, so the wait has a limit.
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
 * When the budgets have room for what was last spent. `without` leaves out what is kept for
 * verdicts.
 */
function roomAt({ asker, group }: Spent, without?: 'keptForVerdicts'): number {
  const room = (renewed: number, allowance: Allowance) =>
    renewed - (allowance.atOnce - (without ? allowance[without] : 0)) * allowance.unitMs;
  return Math.max(room(asker, PER_ASKER), room(group, PER_GROUP));
}
