import { distanceBetween } from '../match/distance.ts';
import { type Distribution, tally } from './distribution.ts';
import type { SamePeople } from './errata.ts';
import { seeded } from './seeded.ts';
import type { Subjects } from './subjects.ts';

/** Two photos of one person. When one of them shows no face, the distance is infinite. */
export interface GenuinePair {
  readonly distance: number;
  readonly person: number;
  /** The indices of the two photos. */
  readonly a: number;
  readonly b: number;
}

/** Photos of two different people. */
export interface ImpostorPair {
  readonly distance: number;
  /** The indices of the two photos. */
  readonly a: number;
  readonly b: number;
}

export interface AllPairs {
  readonly genuine: readonly GenuinePair[];
  /**
   * The distances of all impostor pairs of photos with a face. Photos without a face never match,
   * and would make the false-match rate look better.
   */
  readonly impostors: Distribution;
  /**
   * The nearest impostor pairs, nearest first: about {@link NEAREST_SHARE} of all, or all if there
   * are few.
   */
  readonly nearest: readonly ImpostorPair[];
  /** `nearest` has every impostor pair up to this distance. */
  readonly nearestTo: number;
  /** The person on each photo. */
  readonly personOf: readonly number[];
  /** For each person, how many of their photos show a face. */
  readonly photosOf: readonly number[];
}

/**
 * The share of impostor pairs that are kept. It is enough to measure false-match rates up to 1e-2
 * in each replicate of a bootstrap.
 */
export const NEAREST_SHARE = 0.02;

/**
 * How many random pairs are compared to estimate up to which distance impostor pairs are kept. If
 * there are no more pairs than this in all, all impostor pairs are kept.
 */
const SAMPLE = 500_000;

/**
 * Pairs are compared in squares of so many by so many photos, whose embeddings fit into the
 * processor's cache.
 */
const BLOCK = 48;

interface Subject {
  readonly photo: number;
  readonly person: number;
  readonly embedding: Float32Array;
}

/**
 * Compares every photo with every other photo. It keeps all genuine pairs, and the nearest impostor
 * pairs. n photos have about n²/2 pairs; the 87 million pairs of 13,000 photos take a minute or
 * two.
 * @param personOf who each subject is, numbered from 0
 * @param same people who may be one person, and are not compared as strangers
 */
export function compareAll(subjects: Subjects, personOf: readonly number[], same: SamePeople = new Map()): AllPairs {
  const found = personOf.flatMap((person, photo): Subject[] => {
    const embedding = subjects[photo];
    return embedding ? [{ photo, person, embedding }] : [];
  });
  const keepUpTo = nearestDistance(found);

  const impostors = tally();
  const nearest: ImpostorPair[] = [];
  eachPair(found, (x, y) => {
    if (x.person === y.person || same.get(x.person)?.has(y.person)) return;
    const distance = distanceBetween(x.embedding, y.embedding);
    impostors.add(distance);
    if (distance <= keepUpTo) nearest.push({ distance, a: x.photo, b: y.photo });
  });
  nearest.sort((p, q) => p.distance - q.distance);

  const photosOf = new Array<number>(Math.max(...personOf) + 1).fill(0);
  for (const { person } of found) photosOf[person] = (photosOf[person] ?? 0) + 1;
  const genuine = genuinePairs(subjects, personOf);
  return { genuine, impostors: impostors.distribution(), nearest, nearestTo: keepUpTo, personOf, photosOf };
}

/** Visits each pair once, in squares of {@link BLOCK} by {@link BLOCK} photos. */
function eachPair(all: readonly Subject[], visit: (x: Subject, y: Subject) => void): void {
  for (let top = 0; top < all.length; top += BLOCK) {
    const rows = all.slice(top, top + BLOCK);
    for (let left = top; left < all.length; left += BLOCK) {
      const columns = all.slice(left, left + BLOCK);
      for (const [i, x] of rows.entries()) {
        for (const y of left === top ? columns.slice(i + 1) : columns) visit(x, y);
      }
    }
  }
}

/**
 * The distance within which about {@link NEAREST_SHARE} of the impostor pairs are, estimated from
 * random pairs. Infinity when there are few pairs, so that all are kept.
 */
function nearestDistance(all: readonly Subject[]): number {
  if ((all.length * (all.length - 1)) / 2 <= SAMPLE) return Number.POSITIVE_INFINITY;
  const random = seeded(1);
  const pick = () => all[Math.floor(random() * all.length)];
  const sample = tally();
  for (let drawn = 0; drawn < SAMPLE; drawn++) {
    const [x, y] = [pick(), pick()];
    if (x && y && x.person !== y.person) sample.add(distanceBetween(x.embedding, y.embedding));
  }
  return sample.distribution().distanceAt(NEAREST_SHARE);
}

/** All pairs of photos of one person, for every person. */
function genuinePairs(subjects: Subjects, personOf: readonly number[]): GenuinePair[] {
  const photosOf = Map.groupBy(personOf.keys(), (photo) => personOf[photo] ?? 0);
  return [...photosOf].flatMap(([person, photos]) =>
    photos.flatMap((a, index) =>
      photos.slice(index + 1).map((b) => ({ distance: distanceBetweenPhotos(a, b, subjects), person, a, b })),
    ),
  );
}

/** The distance of two photos; Infinity when one of them shows no face. */
export function distanceBetweenPhotos(a: number, b: number, subjects: Subjects): number {
  const [x, y] = [subjects[a], subjects[b]];
  return x && y ? distanceBetween(x, y) : Number.POSITIVE_INFINITY;
}
