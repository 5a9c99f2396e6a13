import { distanceBetween } from '../match/distance.ts';
import type { Matcher } from '../match/matcher.ts';
import { ownPairs } from '../match/own-pairs.ts';
import type { SamePeople } from './errata.ts';
import type { Groups } from './groups.ts';
import { bootstrapped, noSurer } from './interval.ts';
import { nearestPeople } from './open-set.ts';
import { seeded } from './seeded.ts';
import type { Subjects } from './subjects.ts';

/**
 * The chances that are checked. Among them are the largest chance of a match (0.01), and the
 * largest chance of somebody who looks similar (0.2).
 */
const PROMISES = [0.001, 0.01, 0.05, 0.2] as const;

/** How many people of a group enrol in a draw, each with one photo as a selfie. */
const SIZES = [5, 20, 60] as const;

/** How many photos an ask has. Each photo shows one face. */
const PHOTOS = [1, 10] as const;

/** How often people are drawn for each group and number of enrolled people. */
const DRAWS = 100;

/** In each draw, at most this many strangers are searched for. */
const STRANGERS = 500;

/** In each draw, at most this many other photos of each enrolled person are searched for. */
const PROBES = 5;

/**
 * What answers say in a group, when `enrolled` people of it have enrolled. `chancesBy` says how
 * chances are computed. `table`: from the pack's table alone. `group`: also from the own pairs of
 * the group, as real answers do. Shares are 0..1.
 */
export interface GroupRate {
  readonly group: string;
  readonly enrolled: number;
  /** How many photos an ask has. */
  readonly photos: number;
  readonly chancesBy: 'table' | 'group';
  /**
   * For each promised chance: of the asks about strangers, the share whose answer shows at most
   * that chance, with its 95 % interval. It should not be above the promised chance.
   */
  readonly strangers: readonly {
    readonly promised: number;
    readonly measured: number;
    readonly low: number;
    readonly high: number;
  }[];
  /**
   * Of the photos of enrolled people that they did not enrol, the share in which the person is a
   * match.
   */
  readonly matched: number;
  /**
   * Of the photos of enrolled people that they did not enrol, the share in which the person is
   * named.
   */
  readonly named: number;
  /**
   * How often an answer names somebody as `possible`, and nobody as a match. `right`: of the photos
   * of enrolled people that they did not enrol, the share whose answer does so and names the
   * person. `wrong`: of the strangers' photos, the share whose answer does so.
   */
  readonly possible: { readonly right: number; readonly wrong: number };
}

interface Everybody {
  readonly subjects: Subjects;
  readonly personOf: readonly number[];
  readonly same: SamePeople;
}

/**
 * A stranger (`person`), the enrolled person nearest to the stranger, and the distance of the two.
 */
interface Stranger {
  readonly person: number;
  readonly nearest: number;
  readonly distance: number;
}

/**
 * One draw of people: `strangers` were not enrolled, `probes` are other photos of people who were.
 * `power` follows from the own pairs of the enrolled people.
 */
interface Draw {
  readonly power: number;
  readonly strangers: readonly Stranger[];
  readonly probes: readonly {
    readonly person: number;
    readonly candidates: readonly { readonly person: number; readonly distance: number }[];
  }[];
}

/** The fewest people of a group to measure: half of them enrol, and the others are strangers. */
export const LEAST_PEOPLE = 2 * SIZES[0];

/**
 * Measures for everybody, and for each group, whether strangers come near as seldom as answers
 * promise. In each draw, some people of the group enrol, and the others are searched for as
 * strangers, each with one random photo. Groups with too few people are left out.
 */
export function groupRates(everybody: Everybody, groups: Groups, matcher: Matcher): GroupRate[] {
  const photosOf = Map.groupBy(
    [...everybody.personOf.keys()].filter((photo) => everybody.subjects[photo]),
    (photo) => everybody.personOf[photo] ?? 0,
  );
  return [['all', [...photosOf.keys()]] as const, ...groups].flatMap(([group, members]) => {
    const there = members.filter((person) => photosOf.has(person));
    return SIZES.filter((size) => there.length >= 2 * size).flatMap((size) => {
      const random = seeded(size);
      const draws = Array.from({ length: DRAWS }, () => draw(everybody, photosOf, there, size, matcher, random));
      return PHOTOS.filter((photos) => there.length - size >= photos).flatMap((photos) =>
        (['table', 'group'] as const).map((chancesBy) => ({
          group,
          enrolled: size,
          photos,
          chancesBy,
          ...measured(draws, size, photos, chancesBy, matcher),
        })),
      );
    });
  });
}

function draw(
  { subjects, same }: Everybody,
  photosOf: ReadonlyMap<number, readonly number[]>,
  people: readonly number[],
  size: number,
  matcher: Matcher,
  random: () => number,
): Draw {
  const embeddingOf = (photo: number) => subjects[photo] as Float32Array;
  const oneOf = (photos: readonly number[]) => photos[Math.floor(random() * photos.length)] ?? 0;
  const shuffled = people.map((person) => ({ person, at: random() })).sort((a, b) => a.at - b.at);
  const enrolled = shuffled.slice(0, size).map(({ person }) => person);
  const gallery = enrolled.map((person) => {
    const photo = oneOf(photosOf.get(person) ?? []);
    return { person, photo, embedding: embeddingOf(photo) };
  });
  const isEnrolled = (person: number) => {
    const other = same.get(person);
    return other !== undefined && enrolled.some((one) => other.has(one));
  };
  const others = shuffled.slice(size).filter(({ person }) => !isEnrolled(person));
  return {
    power: matcher.powerIn(ownPairs(gallery.map(({ embedding }) => embedding))),
    strangers: others.slice(0, STRANGERS).map(({ person }) => {
      const face = embeddingOf(oneOf(photosOf.get(person) ?? []));
      let stranger = { person, nearest: 0, distance: Number.POSITIVE_INFINITY };
      for (const { person: nearest, embedding } of gallery) {
        const distance = distanceBetween(face, embedding);
        if (distance < stranger.distance) stranger = { person, nearest, distance };
      }
      return stranger;
    }),
    probes: gallery.flatMap(({ person, photo }) => {
      const further = (photosOf.get(person) ?? []).filter((other) => other !== photo).slice(0, PROBES);
      return further.map((other) => ({ person, candidates: nearestPeople(embeddingOf(other), gallery) }));
    }),
  };
}

function measured(
  draws: readonly Draw[],
  size: number,
  photos: number,
  chancesBy: GroupRate['chancesBy'],
  matcher: Matcher,
): Pick<GroupRate, 'strangers' | 'matched' | 'named' | 'possible'> {
  const compared = ({ power }: Draw) => {
    return { templates: size, faces: photos, ...(chancesBy === 'group' && { power }) };
  };
  const judged = draws.flatMap((one) =>
    one.probes.map(({ person, candidates }) => {
      const { verdict, matches } = matcher.judge(candidates, compared(one));
      const isNamed = matches.some(({ candidate }) => candidate.person === person);
      return { isMatched: verdict === 'match' && matches[0]?.candidate.person === person, isNamed, verdict };
    }),
  );
  const verdictsOfStrangers = draws.flatMap((one) =>
    one.strangers.map(({ distance }) => matcher.judge([{ distance }], compared(one)).matches[0]?.verdict),
  );
  return {
    strangers: strangersOf(draws, photos, (one, distance) => matcher.chance(distance, compared(one))),
    matched: share(judged, ({ isMatched }) => isMatched),
    named: share(judged, ({ isNamed }) => isNamed),
    possible: {
      right: share(judged, ({ isNamed, verdict }) => isNamed && verdict === 'possible'),
      wrong: share(verdictsOfStrangers, (verdict) => verdict === 'possible'),
    },
  };
}

/**
 * See {@link GroupRate.strangers}. The result of an ask depends on two people: the nearest
 * stranger, and the enrolled person nearest to that stranger. When a replicate of the bootstrap
 * draws these two w and v times, the ask counts w·v times.
 */
function strangersOf(
  draws: readonly Draw[],
  photos: number,
  chanceOf: (draw: Draw, distance: number) => number,
): GroupRate['strangers'] {
  const all = draws.flatMap((one) =>
    asks(one.strangers, photos).map((stranger) => ({ ...stranger, chance: chanceOf(one, stranger.distance) })),
  );
  const pairs = new Set(all.map(({ person, nearest }) => `${person} ${nearest}`)).size;
  const numbers = new Map(all.flatMap(({ person, nearest }) => [person, nearest]).map((person) => [person, 0]));
  for (const [number, person] of [...numbers.keys()].entries()) numbers.set(person, number);
  const people = (of: (one: Stranger) => number) => Uint32Array.from(all, (one) => numbers.get(of(one)) ?? 0);
  const [looked, found] = [people(({ person }) => person), people(({ nearest }) => nearest)];
  /** For each ask: how many of the promised chances are at least as large as its chance. */
  const reaches = Uint8Array.from(all, ({ chance }) => PROMISES.filter((promised) => chance <= promised).length);
  const estimates = bootstrapped(numbers.size, (weights) => {
    const reached = new Float64Array(PROMISES.length + 1);
    for (let ask = 0; ask < reaches.length; ask++) {
      const within = reaches[ask] ?? 0;
      reached[within] = (reached[within] ?? 0) + (weights[looked[ask] ?? 0] ?? 0) * (weights[found[ask] ?? 0] ?? 0);
    }
    const sum = reached.reduce((total, one) => total + one, 0);
    return PROMISES.map(
      (_, index) => reached.subarray(PROMISES.length - index).reduce((total, one) => total + one, 0) / sum,
    );
  });
  return PROMISES.map((promised, index) => {
    const { share: measured, low, high } = noSurer(estimates[index] ?? { share: 0, low: 0, high: 1 }, pairs);
    return { promised, measured, low, high };
  });
}

/**
 * Groups strangers' photos into asks, and gives the nearest stranger of each ask. Photos that are
 * left at the end and too few for an ask are not used.
 */
function asks(strangers: readonly Stranger[], photos: number): Stranger[] {
  return Array.from({ length: Math.floor(strangers.length / photos) }, (_, ask) =>
    strangers
      .slice(ask * photos, (ask + 1) * photos)
      .reduce((best, one) => (one.distance < best.distance ? one : best)),
  );
}

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.length === 0 ? 0 : all.filter(holds).length / all.length;
}
