import { distanceBetween } from './distance.ts';

/** How near the people of one group come to each other. It says nothing of any two of them. */
export interface OwnPairs {
  /** The number of people who were compared, by one template each. */
  readonly people: number;
  /** The share of their pairs, 0..1, that lies at or below `distance`. */
  readonly share: number;
  /** Euclidean; see `share`. */
  readonly distance: number;
}

/**
 * The most people who are compared, to bound the work. Their 32,640 pairs estimate the nearest
 * hundredth well.
 */
export const MOST_COMPARED = 256;

/**
 * From this number on, people are told that chances rest on the group's own pairs. The worst group
 * still counts beside them.
 */
const ENOUGH_PEOPLE = 20;

/** The share of the pairs that counts: the nearest hundredth, because a match promises 1 %. */
const SHARE = 0.01;

/** At least this many pairs count: fewer are a matter of luck. */
const LEAST_NEAR = 15;

/**
 * If {@link LEAST_NEAR} pairs are more than this share of all, they are not near, and nothing
 * follows from them.
 */
const MOST_SHARE = 1 / 3;

/**
 * The weight of the worst measured group beside a group's own pairs, in pairs. With less, answers
 * in some groups name more strangers than promised; with more, they miss enrolled people
 * (`facefinder evaluate --groups`).
 */
const WORST_COUNTS_FOR = 400;

/**
 * The power of a pack that has no measured one: the worst group's power in the shipped pack that
 * separates groups worst.
 */
const UNMEASURED = 0.64;

/**
 * The largest power. Strangers who share a defect that selfies may have, such as glasses, come near
 * 2.3 times as often as all do (docs/models.md). Even where people look as different as in the
 * table, this leaves them a factor of 1.2.
 */
const LARGEST_POWER = 0.97;

/**
 * Below this share of a group's strangers, the ratio of their rate to the table's stays the same.
 * A power, measured at higher shares, would let it grow further. Measured in asks with ten photos,
 * it does not grow (`facefinder evaluate --groups`).
 */
const RATIO_STAYS_BELOW = 0.002;

/**
 * Compares each person with every other.
 * @param templates one of each person, all of one pack. Above {@link MOST_COMPARED} an even
 * selection is taken
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
 * The power, 0..1, that makes the FMR of a pack's table true in this group, see
 * {@link rateInGroup}. People of a group may look more alike than those of the table.
 *
 * The own pairs give the distance d that a share q of strangers reaches. From FMR(d)^p = q follows
 * p = ln q / ln FMR(d), at most {@link LARGEST_POWER}. It is averaged with the worst measured
 * group, weighted by the pairs behind each, and rounded down, so that it reveals nothing of a pair.
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
  return Math.floor(Math.min(power, LARGEST_POWER) * 100) / 100;
}

/**
 * The share of a group's strangers, 0..1, at the rate `fmr` of the pack's table: FMR^p. Below
 * {@link RATIO_STAYS_BELOW} it is FMR times a constant, so that both meet there.
 */
export function rateInGroup(fmr: number, power: number): number {
  const turn = tableRate(RATIO_STAYS_BELOW, power);
  return fmr >= turn ? fmr ** power : (fmr * RATIO_STAYS_BELOW) / turn;
}

/** The inverse of {@link rateInGroup}: the table's rate where the group has `rate`. */
export function tableRate(rate: number, power: number): number {
  if (rate >= RATIO_STAYS_BELOW) return rate ** (1 / power);
  return (rate * RATIO_STAYS_BELOW ** (1 / power)) / RATIO_STAYS_BELOW;
}

const pairsOf = (people: number) => (people * (people - 1)) / 2;
