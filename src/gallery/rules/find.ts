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
 * The nearest `count` people, nearest first. A person's nearest hit counts. Of equal hits the first
 * one counts.
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

/** A person as a search result gives them. */
export function candidate(person: Person, distance: number, { enrol }: Standing['agreed']): Candidate {
  return { person, distance, shown: enrol?.shown === true };
}
