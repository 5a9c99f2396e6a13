import { distanceBetween } from './distance.ts';

/** How near the people of one group come to each other. Of any two of them it says nothing. */
export interface OwnPairs {
  /** How many people were compared, by one template of each. */
  readonly people: number;
  /** This share of their pairs, 0..1, lies at or below… */
  readonly share: number;
  /** …this distance. */
  readonly distance: number;
}

/** More are not compared, so that the work is bounded: 32,640 pairs tell their nearest hundredth well. */
export const MOST_COMPARED = 256;

/** From so many people on the own pairs are said to be what a chance rests on. The worst group still counts beside them. */
const ENOUGH_PEOPLE = 20;

/** The share of the pairs that is looked at: the nearest hundredth, as a match promises as much. */
const SHARE = 0.01;

/** …or more, so that at least so many pairs lie there: fewer are a matter of luck. */
const LEAST_NEAR = 15;

/** Nearest pairs that are a third of all, or more, are not near: nothing follows from them. */
const MOST_SHARE = 1 / 3;

/**
 * The pairs that the worst group measured counts for beside a group's own. Fewer let strangers of
 * some groups through more often than is said, more cost the enrolled: `facefinder evaluate --groups`.
 */
const WORST_COUNTS_FOR = 400;

/**
 * The power of a pack without a measured one: that of the worst group of the pack that tells groups
 * apart worst of those that are shipped.
 */
const UNMEASURED = 0.64;

/**
 * Compares each person with each other.
 * @param templates one of each person, all of one pack; of more than {@link MOST_COMPARED} some are taken, evenly
 * @returns undefined for fewer than ten people
 */
export function ownPairs(templates: readonly Float32Array[]): OwnPairs | undefined {
  const step = Math.max(1, templates.length / MOST_COMPARED);
  const people = Math.min(templates.length, MOST_COMPARED);
  const compared = Array.from({ length: people }, (_, index) => templates[Math.floor(index * step)] as Float32Array);
  const distances = new Float64Array(pairsOf(people));
  let pair = 0;
  for (const [index, one] of compared.entries()) {
    for (const other of compared.slice(index + 1)) distances[pair++] = distanceBetween(one, other);
  }
  const share = Math.max(SHARE, LEAST_NEAR / distances.length);
  if (!(share <= MOST_SHARE)) return undefined;
  return { people, share, distance: distances.sort()[Math.floor(share * distances.length)] as number };
}

/** What people are told that chances rest on: the group's own pairs, or the worst group that was measured. */
export function chancesRestOn(own: OwnPairs | undefined): 'own' | 'worst' {
  return (own?.people ?? 0) >= ENOUGH_PEOPLE ? 'own' : 'worst';
}

/**
 * What the FMR of a pack's table is raised to, 0..1, to be true in this group, where people may look
 * more alike than in the table's world: FMR(d)^p.
 *
 * The own pairs say at which distance the share q of strangers comes: FMR(d)^p = q there, hence
 * p = ln q / ln FMR(d), and never above 1. It is taken together with the worst group that was
 * measured, by the number of pairs behind each, and rounded down: the step tells nothing of a pair.
 * (Measured on LFW, for women, men and people with East Asian names: docs/models.md.)
 */
export function powerIn(
  own: OwnPairs | undefined,
  fmrAt: (distance: number) => number,
  worst: number = UNMEASURED,
): number {
  if (!own) return worst;
  const fmr = fmrAt(own.distance);
  const seen = fmr < own.share ? Math.log(own.share) / Math.log(fmr) : 1;
  const pairs = pairsOf(own.people);
  const power = (pairs * seen + WORST_COUNTS_FOR * worst) / (pairs + WORST_COUNTS_FOR);
  return Math.floor(power * 100) / 100;
}

const pairsOf = (people: number) => (people * (people - 1)) / 2;
