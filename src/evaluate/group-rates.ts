import { distanceBetween } from '../match/distance.ts';
import type { Matcher } from '../match/matcher.ts';
import { ownPairs } from '../match/own-pairs.ts';
import type { SamePeople } from './errata.ts';
import type { Groups } from './groups.ts';
import { nearestPeople } from './open-set.ts';
import { seeded } from './seeded.ts';
import type { Subjects } from './subjects.ts';

/** Chances that answers promise at most: of a match, of somebody who looks similar, and between them. */
const PROMISES = [0.001, 0.01, 0.05, 0.2] as const;

/** People of one group who enrol, by one selfie each. */
const SIZES = [5, 20, 60] as const;

/** Photos of strangers in one ask, one face each. */
const PHOTOS = [1, 10] as const;

/** Groups are drawn as often. */
const DRAWS = 100;

/** Strangers who are looked for in one draw, at most. */
const STRANGERS = 500;

/** Further photos of each who is enrolled, at most. */
const PROBES = 5;

/** What a group of so many people sees, by the pack's table alone or as built. Shares are 0..1. */
export interface GroupRate {
  readonly group: string;
  readonly enrolled: number;
  /** Photos in an ask. */
  readonly photos: number;
  readonly chancesBy: 'table' | 'group';
  /** By what is promised: the share of asks about strangers alone with a chance as small, and half its 95 % interval. */
  readonly strangers: readonly { readonly promised: number; readonly measured: number; readonly half: number }[];
  /** Of further photos of the enrolled, each asked about alone or with as many more. */
  readonly matched: number;
  readonly named: number;
  /** Of these photos, and of as many of strangers: how often somebody is named as no more than possible, rightly and wrongly. */
  readonly possible: { readonly right: number; readonly wrong: number };
}

interface Everybody {
  readonly subjects: Subjects;
  readonly personOf: readonly number[];
  readonly same: SamePeople;
}

/** One group as it was drawn. */
interface Draw {
  readonly power: number;
  /** Of each stranger, how near somebody enrolled comes. */
  readonly strangers: readonly number[];
  readonly probes: readonly {
    readonly person: number;
    readonly candidates: readonly { readonly person: number; readonly distance: number }[];
  }[];
}

/**
 * Lets people of each group enrol, and looks for strangers of the same group: whether they come as
 * near as seldom as is promised. Of each person one photo, or one selfie, is drawn.
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
      return PHOTOS.flatMap((photos) =>
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
  const others = shuffled.slice(size).filter(({ person }) => !enrolled.some((one) => same.get(person)?.has(one)));
  return {
    power: matcher.powerIn(ownPairs(gallery.map(({ embedding }) => embedding))),
    strangers: others.slice(0, STRANGERS).map(({ person }) => {
      const face = embeddingOf(oneOf(photosOf.get(person) ?? []));
      return Math.min(...gallery.map(({ embedding }) => distanceBetween(face, embedding)));
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
  const chances = draws.map((one) =>
    asks(one.strangers, photos).map((distances) => matcher.chance(Math.min(...distances), compared(one))),
  );
  const judged = draws.flatMap((one) =>
    one.probes.map(({ person, candidates }) => {
      const { verdict, matches } = matcher.judge(candidates, compared(one));
      const isNamed = matches.some(({ candidate }) => candidate.person === person);
      return { isMatched: verdict === 'match' && matches[0]?.candidate.person === person, isNamed, verdict };
    }),
  );
  const verdictsOfStrangers = draws.flatMap((one) =>
    one.strangers.map((distance) => matcher.judge([{ distance }], compared(one)).matches[0]?.verdict),
  );
  return {
    strangers: PROMISES.map((promised) => {
      const shares = chances.map((all) => share(all, (chance) => chance <= promised));
      return { promised, ...meanOf(shares) };
    }),
    matched: share(judged, ({ isMatched }) => isMatched),
    named: share(judged, ({ isNamed }) => isNamed),
    possible: {
      right: share(judged, ({ isNamed, verdict }) => isNamed && verdict === 'possible'),
      wrong: share(verdictsOfStrangers, (verdict) => verdict === 'possible'),
    },
  };
}

/** The distances of one ask each; what is left over is left out. */
function asks(distances: readonly number[], photos: number): number[][] {
  return Array.from({ length: Math.floor(distances.length / photos) }, (_, ask) =>
    distances.slice(ask * photos, (ask + 1) * photos),
  );
}

/** The mean of what draws gave, and half of its 95 % interval. */
function meanOf(shares: readonly number[]): { readonly measured: number; readonly half: number } {
  const measured = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  const variance = shares.reduce((sum, one) => sum + (one - measured) ** 2, 0) / (shares.length - 1);
  return { measured, half: 1.96 * Math.sqrt(variance / shares.length) };
}

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.length === 0 ? 0 : all.filter(holds).length / all.length;
}
