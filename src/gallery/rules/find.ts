import type { Standing } from '../../consent/consent.ts';
import type { Person } from '../../consent/who.ts';
import { MAX_NAMES } from '../../match/matcher.ts';
import type { Candidate } from '../gallery.ts';

/** What decides whether a search may name a person. */
interface Findable {
  readonly agreed: Standing['agreed'];
  /** Whether this person challenges the holder of their face without a decision yet. */
  readonly hidden: boolean;
}

/**
 * Whether a search may name them: they agreed to enrolment under the notice in force, and challenge
 * nobody.
 */
export function isFindable({ agreed, hidden }: Findable, notice: number): boolean {
  return agreed.enrol?.version === notice && !hidden;
}

/**
 * The nearest `count` people, nearest first, each by their nearest hit. Of equal hits the first
 * counts.
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

/** How a search result describes a person. */
export function candidate(person: Person, distance: number, { enrol }: Standing['agreed']): Candidate {
  return { person, distance, shown: enrol?.shown === true };
}
