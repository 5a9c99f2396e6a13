import type { Standing } from '../../consent/consent.ts';
import type { Person } from '../../consent/who.ts';
import { MAX_NAMES } from '../../match/matcher.ts';
import type { Candidate } from '../gallery.ts';

/** The facts that decide whether a search may name a person. */
interface Findable {
  readonly agreed: Standing['agreed'];
  /** Whether this person challenges the holder of their face, and nobody has decided yet. */
  readonly hidden: boolean;
}

/**
 * Whether a search may name a person: they agreed to enrolment under the notice in force, and
 * challenge nobody.
 */
export function isFindable({ agreed, hidden }: Findable, notice: number): boolean {
  return agreed.enrol?.version === notice && !hidden;
}

/**
 * The nearest hits of the `count` nearest people, nearest first. Each person has one: their nearest
 * hit, and the first of several that are equally near.
 */
export function nearestPeople<Hit extends { readonly person: unknown; readonly distance: number }>(
  hits: Iterable<Hit>,
  count = MAX_NAMES,
): Hit[] {
  const best = new Map<unknown, Hit>();
  for (const hit of hits) {
    const known = best.get(hit.person);
    if (!known || hit.distance < known.distance) best.set(hit.person, hit);
  }
  return [...best.values()].sort((a, b) => a.distance - b.distance).slice(0, count);
}

/** The candidate for a person at this distance. `enrol` is the person's agreement to enrolment. */
export function candidate(person: Person, distance: number, { enrol }: Standing['agreed']): Candidate {
  return { person, distance, shown: enrol?.shown === true };
}
