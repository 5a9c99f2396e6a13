import { distanceBetween } from './distance.ts';

/** How near the people of one group come to each other, as one distance for all of them. */
export interface OwnPairs {
  /** The number of people who were compared. Each was compared by one template. */
  readonly people: number;
  /** The share of the pairs of these people, 0..1, whose distance is at most `distance`. */
  readonly share: number;
  /** The Euclidean distance for `share`. */
  readonly distance: number;
}

/**
 * The most people who are compared, so that the work has a limit. The 32,640 pairs of so many
 * people are enough to estimate the distance of the nearest hundredth of all pairs.
 */
export const MOST_COMPARED = 256;

/**
 * From this number of compared people on, answers say that chances rest on the group's own pairs,
 * although the worst measured group still has some weight beside them.
 */
const ENOUGH_PEOPLE = 20;

/**
 * The share of pairs for which {@link ownPairs} gives the distance: 1 %, the chance that a match
 * promises.
 */
const SHARE = 0.01;

/** The share is made larger if it is fewer pairs than this, because so few are a matter of luck. */
const LEAST_NEAR = 15;

/**
 * If {@link LEAST_NEAR} pairs are more than this share of all pairs, most of them are not near, and
 * nothing is concluded from them.
 */
const MOST_SHARE = 1 / 3;

/**
 * The weight of the worst measured group beside a group's own pairs: it counts like so many pairs.
 * With less weight, answers in some groups name more strangers than promised. With more weight,
 * they miss more enrolled people (`facefinder evaluate --groups`).
 */
const WORST_COUNTS_FOR = 400;

/**
 * The power of the worst group for a pack whose worst group was not measured. It is the lowest such
 * power of all shipped packs.
 */
const UNMEASURED = 0.64;

/**
 * The largest power, below 1 as a reserve. Two strangers with the same defect in their selfies,
 * such as glasses, come near 2.3 times as often as other strangers (docs/models.md). In a group
 * whose people look as different as those of the table, chances with this power are 1.2 times as
 * high as by the table alone.
 */
const LARGEST_POWER = 0.97;

/**
 * Below this false-match rate in a group, the group's rate is a constant times the table's rate.
 * With the power alone, the ratio of the two would grow further as the rates fall. As measured in
 * asks with ten photos, it does not (`facefinder evaluate --groups`).
 */
const RATIO_STAYS_BELOW = 0.002;

/**
 * Compares each person with every other person.
 * @param templates one of each person, all of one pack. Of more than {@link MOST_COMPARED}, an
 * evenly spaced selection is compared
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

/** What chances rest on, as people are told: the group's own pairs, or the worst measured group. */
export function chancesRestOn(own: OwnPairs | undefined): 'own' | 'worst' {
  return (own?.people ?? 0) >= ENOUGH_PEOPLE ? 'own' : 'worst';
}

/**
 * The power p, 0..1, that fits the FMR of a pack's table to this group, see {@link rateInGroup}.
 * The people of a group may look more alike than those of the table. The lower p, the more alike.
 *
 * The own pairs give the distance d within which a share q of the group's pairs are. From FMR(d)^p
 * = q follows p = ln q / ln FMR(d). The result is the mean of this p and the power of the worst
 * measured group, weighted by numbers of pairs, and at most {@link LARGEST_POWER}. It is rounded
 * down to two digits, so that it reveals nothing about a single pair. (Measured on LFW, for women,
 * men and people with East Asian names: docs/models.md.)
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
  return Math.floor(Math.min(power, LARGEST_POWER) * 100) / 100;
}

/**
 * The false-match rate in a group, 0..1, at the distance where the pack's table has `fmr`:
 * fmr^power. Where that is below {@link RATIO_STAYS_BELOW}, it is `fmr` times a constant instead.
 * The constant is such that both give the same at that limit.
 */
export function rateInGroup(fmr: number, power: number): number {
  const turn = tableRate(RATIO_STAYS_BELOW, power);
  return fmr >= turn ? fmr ** power : (fmr * RATIO_STAYS_BELOW) / turn;
}

/** The inverse of {@link rateInGroup}: the table's FMR where the group's rate is `rate`. */
export function tableRate(rate: number, power: number): number {
  if (rate >= RATIO_STAYS_BELOW) return rate ** (1 / power);
  return (rate * RATIO_STAYS_BELOW ** (1 / power)) / RATIO_STAYS_BELOW;
}

const pairsOf = (people: number) => (people * (people - 1)) / 2;
