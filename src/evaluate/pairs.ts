import { distanceBetween } from '../match/distance.ts';
import { type Distribution, tally } from './distribution.ts';
import type { SamePeople } from './errata.ts';
import { seeded } from './seeded.ts';
import type { Subjects } from './subjects.ts';

/**
 * Two photos of one person. Infinitely far apart when one shows no face: such a pair never matches.
 */
export interface GenuinePair {
  readonly distance: number;
  readonly person: number;
  /** Indices of the photos. */
  readonly a: number;
  readonly b: number;
}

/** Photos of two different people. */
export interface ImpostorPair {
  readonly distance: number;
  /** Indices of the photos. */
  readonly a: number;
  readonly b: number;
}

export interface AllPairs {
  readonly genuine: readonly GenuinePair[];
  /** Only photos with a face: one without would flatter the false-match rate. */
  readonly impostors: Distribution;
  /**
   * The nearest impostor pairs, nearest first: about {@link NEAREST_SHARE} of them, or all when
   * they are few.
   */
  readonly nearest: readonly ImpostorPair[];
  /** No impostor pair up to this distance is missing in `nearest`. */
  readonly nearestTo: number;
  /** The person that each photo shows. */
  readonly personOf: readonly number[];
  /** For each person, how many of their photos show a face. */
  readonly photosOf: readonly number[];
}

/** Enough to resample false-match rates up to 1e-2. */
export const NEAREST_SHARE = 0.02;

/**
 * This many impostor pairs are sampled to estimate how near the nearest share is. Fewer pairs are
 * all kept.
 */
const SAMPLE = 500_000;

/** The side, in photos, of a square of pairs whose embeddings stay in the processor's cache. */
const BLOCK = 48;

interface Subject {
  readonly photo: number;
  readonly person: number;
  readonly embedding: Float32Array;
}

/**
 * Compares every photo with every other: n²/2 distances. It keeps the nearest impostors and all
 * genuine pairs. The 87 million pairs of 13,000 photos take a minute or two.
 * @param personOf for each subject, who it is, numbered from 0
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

/** Each pair once, square after square. */
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
 * Aims at the distance up to which about {@link NEAREST_SHARE} of the impostor pairs lie, by a
 * sample. Infinity when there are few.
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

/** The pairs of photos of each person. */
function genuinePairs(subjects: Subjects, personOf: readonly number[]): GenuinePair[] {
  const photosOf = Map.groupBy(personOf.keys(), (photo) => personOf[photo] ?? 0);
  return [...photosOf].flatMap(([person, photos]) =>
    photos.flatMap((a, index) =>
      photos.slice(index + 1).map((b) => ({ distance: distanceBetweenPhotos(a, b, subjects), person, a, b })),
    ),
  );
}

/** Infinity when one of the two photos shows no face: no match. */
export function distanceBetweenPhotos(a: number, b: number, subjects: Subjects): number {
  const [x, y] = [subjects[a], subjects[b]];
  return x && y ? distanceBetween(x, y) : Number.POSITIVE_INFINITY;
}
