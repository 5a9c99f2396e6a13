import { distanceBetween } from '../match/distance.ts';
import type { Copied } from './defect-copies.ts';
import { DEFECTS, type Defect } from './defects.ts';
import type { SamePeople } from './errata.ts';
import { bootstrapped, type Estimate, noSurer } from './interval.ts';
import type { Subjects } from './subjects.ts';

/** What one defect changes when faces are compared at a threshold. Shares are 0..1. */
export interface DefectRate {
  readonly defect: Defect;
  readonly people: number;
  /** The share of copies in which a face is found. */
  readonly found: number;
  /** The share of copies that would be accepted as a selfie. */
  readonly selfies: number;
  /** The share of pairs of strangers that are within the threshold if both have the defect. */
  readonly both: Estimate;
  /**
   * The share of pairs of strangers that are within the threshold if one of them has the defect.
   */
  readonly one: Estimate;
  /**
   * Of the pairs of a copy and another photo of the same person, the share that is within the
   * threshold. Missing when there is no such pair.
   */
  readonly accepted?: Estimate | undefined;
}

/**
 * Measures each defect.
 * @param subjects the faces of all photos of the album, to compare copies with other photos of the
 * same person
 * @param threshold a distance
 */
export function defectRates(
  copied: readonly Copied[],
  {
    subjects,
    personOf,
    same,
  }: { readonly subjects: Subjects; readonly personOf: readonly number[]; readonly same: SamePeople },
  threshold: number,
): DefectRate[] {
  const photosOf = Map.groupBy(personOf.keys(), (photo) => personOf[photo] ?? 0);
  return DEFECTS.map((defect) => {
    const there = copied.flatMap(({ copies, ...one }) => {
      const copy = copies.get(defect);
      return copy ? [{ ...one, ...copy }] : [];
    });
    const near = { both: [] as [number, number][], one: [] as [number, number][] };
    for (const [a, { person, embedding }] of there.entries()) {
      for (const [b, other] of there.entries()) {
        if (a === b || same.get(person)?.has(other.person)) continue;
        if (a < b && distanceBetween(embedding, other.embedding) <= threshold) near.both.push([a, b]);
        if (distanceBetween(embedding, other.clean) <= threshold) near.one.push([a, b]);
      }
    }
    const genuine = there.map(({ person, photo, embedding }) => {
      const further = (photosOf.get(person) ?? []).filter((other) => other !== photo);
      const distances = further.flatMap((other) => {
        const face = subjects[other];
        return face ? [distanceBetween(embedding, face)] : [];
      });
      return { all: distances.length, near: distances.filter((distance) => distance <= threshold).length };
    });
    const pairs = (there.length * (there.length - 1)) / 2;
    return {
      defect,
      people: copied.length,
      found: there.length / copied.length,
      selfies: there.filter(({ isSelfie }) => isSelfie).length / copied.length,
      both: shareOf(near.both, there.length, pairs),
      one: shareOf(near.one, there.length, 2 * pairs),
      accepted: acceptedOf(genuine),
    };
  });
}

/** The share of pairs that are in `near`, with its interval, bootstrapped over people. */
function shareOf(near: readonly (readonly [number, number])[], people: number, pairs: number): Estimate {
  const [estimate] = bootstrapped(people, (weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const all = weights.reduce((sum, weight) => sum + weight * (total - weight), 0);
    const reached = near.reduce((sum, [a, b]) => sum + (weights[a] ?? 0) * (weights[b] ?? 0), 0);
    return [(reached / all) * ((people * (people - 1)) / pairs)];
  });
  return noSurer(estimate ?? { share: Number.NaN, low: 0, high: 1 }, pairs);
}

function acceptedOf(genuine: readonly { readonly all: number; readonly near: number }[]): Estimate | undefined {
  const people = genuine.filter(({ all }) => all > 0);
  if (people.length === 0) return undefined;
  const [estimate] = bootstrapped(people.length, (weights) => {
    // Each person has the same weight, however many photos the person has.
    const near = people.reduce((sum, one, i) => sum + ((weights[i] ?? 0) * one.near) / one.all, 0);
    return [near / people.length];
  });
  return estimate && noSurer(estimate, people.length);
}
