import { impostorPairs } from './acceptance.ts';
import type { Groups } from './groups.ts';
import { bootstrapped, type Estimate, noSurer } from './interval.ts';
import type { AllPairs, GenuinePair, ImpostorPair } from './pairs.ts';
import { photosByClass, type Qualities } from './quality-classes.ts';
import type { Subjects } from './subjects.ts';

/** How often two photos of a subset are accepted as one person, at one threshold. */
export interface SubsetRate {
  readonly name: string;
  readonly people: number;
  readonly photos: number;
  /** How many photos of the subset show no face. */
  readonly withoutFace: number;
  /** The number of pairs of one person. */
  readonly genuine: number;
  /** The share of these that is accepted; missing when there is no such pair. */
  readonly accepted?: Estimate | undefined;
  /** The number of pairs of two people. */
  readonly impostors: number;
  /**
   * The share of these that is accepted. Missing when there is no such pair, or when the threshold
   * is above {@link AllPairs.nearestTo}.
   */
  readonly falseMatches?: Estimate | undefined;
}

/** The rates at one threshold for everybody, each group of people, and each class of photos. */
export interface SubsetRates {
  /** The false-match rate that the pack's table has for the threshold. */
  readonly promised: number;
  /** The threshold. */
  readonly distance: number;
  /** The rates of everybody, and then of each group on the list. */
  readonly groups: readonly SubsetRate[];
  /**
   * The rates of the classes of each respect of quality, such as sharpness, the worst class first.
   * A class without a photo is left out.
   */
  readonly quality: readonly SubsetRate[];
}

interface Subset {
  readonly name: string;
  readonly photos: ReadonlySet<number>;
  readonly genuine: readonly GenuinePair[];
}

/**
 * Measures subsets. A pair of one person counts in the quality class of the worse of its photos. A
 * pair of strangers counts in a class only if both photos are in it, because a trait that both have
 * brings strangers nearer.
 * @param threshold a distance, and its FMR in the pack's table
 */
export function subsetRates(
  all: AllPairs,
  subjects: Subjects,
  threshold: { readonly promised: number; readonly distance: number },
  { groups, qualities }: { readonly groups: Groups; readonly qualities: Qualities },
): SubsetRates {
  const { personOf } = all;
  const everybody = { name: 'all', photos: new Set(personOf.keys()), genuine: all.genuine };
  const ofGroups = [...groups].map(([name, members]): Subset => {
    const people = new Set(members);
    const photos = [...personOf.keys()].filter((photo) => people.has(personOf[photo] ?? -1));
    return { name, photos: new Set(photos), genuine: all.genuine.filter(({ person }) => people.has(person)) };
  });
  const ofClasses = photosByClass(qualities).flatMap((classes) => {
    const rankOf = new Map(classes.flatMap(({ photos }, rank) => [...photos].map((photo) => [photo, rank] as const)));
    const byRank = Map.groupBy(all.genuine, ({ a, b }) => Math.min(rankOf.get(a) ?? -1, rankOf.get(b) ?? -1));
    return classes.map(({ name, photos }, rank): Subset => ({ name, photos, genuine: byRank.get(rank) ?? [] }));
  });
  const hits = all.nearest.filter(({ distance }) => distance <= threshold.distance);
  const rate = (subset: Subset) => rateOf(subset, hits, all, subjects, threshold.distance);
  return {
    ...threshold,
    groups: [everybody, ...ofGroups].map(rate),
    quality: ofClasses.filter(({ photos }) => photos.size > 0).map(rate),
  };
}

function rateOf(
  { name, photos, genuine }: Subset,
  hits: readonly ImpostorPair[],
  all: AllPairs,
  subjects: Subjects,
  threshold: number,
): SubsetRate {
  const numbers = new Map<number, number>();
  /** Numbers the people of the subset from 0, and gives a person's number. */
  const numberOf = (person: number) => {
    const number = numbers.get(person) ?? numbers.size;
    numbers.set(person, number);
    return number;
  };
  const photosOf: number[] = [];
  for (const photo of photos) {
    const number = numberOf(all.personOf[photo] ?? 0);
    photosOf[number] = (photosOf[number] ?? 0) + (subjects[photo] ? 1 : 0);
  }
  const near = hits
    .filter(({ a, b }) => photos.has(a) && photos.has(b))
    .map(({ a, b }) => [numberOf(all.personOf[a] ?? 0), numberOf(all.personOf[b] ?? 0)] as const);
  const impostors = impostorPairs(photosOf);
  const people = photosOf.filter((count) => count > 0).length;
  return {
    name,
    people: photosOf.length,
    photos: photos.size,
    withoutFace: [...photos].filter((photo) => !subjects[photo]).length,
    genuine: genuine.length,
    accepted: acceptedOf(genuine, threshold, numberOf, photosOf.length),
    impostors,
    falseMatches:
      impostors > 0 && threshold <= all.nearestTo
        ? falseMatchesOf(near, photosOf, (people * (people - 1)) / 2)
        : undefined,
  };
}

function acceptedOf(
  genuine: readonly GenuinePair[],
  threshold: number,
  numberOf: (person: number) => number,
  people: number,
): Estimate | undefined {
  if (genuine.length === 0) return undefined;
  const byPerson = [...Map.groupBy(genuine, ({ person }) => numberOf(person))].map(([person, pairs]) => {
    return { person, all: pairs.length, near: pairs.filter(({ distance }) => distance <= threshold).length };
  });
  const [estimate] = bootstrapped(people, (weights) => {
    let [near, all] = [0, 0];
    for (const one of byPerson) {
      near += one.near * (weights[one.person] ?? 0);
      all += one.all * (weights[one.person] ?? 0);
    }
    return [near / all];
  });
  return estimate && noSurer(estimate, byPerson.length);
}

/**
 * The share of impostor pairs that are near.
 * @param near the near pairs of photos, each as the numbers of its two people
 * @param pairs the number of pairs of people
 */
function falseMatchesOf(
  near: readonly (readonly [a: number, b: number])[],
  photosOf: readonly number[],
  pairs: number,
): Estimate | undefined {
  const [estimate] = bootstrapped(photosOf.length, (weights) => {
    const all = impostorPairs(photosOf, weights);
    let reached = 0;
    for (const [a, b] of near) reached += (weights[a] ?? 0) * (weights[b] ?? 0);
    return [reached / all];
  });
  return estimate && noSurer(estimate, pairs);
}
