import { type Judgement, type Named, verdictOf } from './matcher.ts';

/**
 * For each person who is named at some face, the naming with the smallest distance, by the person's
 * key. Of several with the same distance, the first one counts.
 * @param keyOf gives the key that tells people apart
 */
export function nearestNamings<C extends { readonly distance: number }>(
  faces: readonly Pick<Judgement<C>, 'matches'>[],
  keyOf: (candidate: C) => string,
): ReadonlyMap<string, Named<C>> {
  return nearestOf(
    faces.flatMap(({ matches }) => matches),
    ({ candidate }) => candidate,
    keyOf,
  );
}

/**
 * Judges the faces of one photo together. A person is on a photo only once. So a person stays named
 * or similar only at the face that is nearest to them, and is removed from the other faces.
 * (Without this, a collage of many faces of one person would get many distances, and so reveal a
 * template.)
 * @param keyOf gives the key that tells people apart
 */
export function onceEach<C extends { readonly distance: number }>(
  judgements: readonly Judgement<C>[],
  keyOf: (candidate: C) => string,
): Judgement<C>[] {
  const all = judgements.flatMap(({ matches, similar }) => [...matches.map(({ candidate }) => candidate), ...similar]);
  const nearest = nearestOf(all, (candidate) => candidate, keyOf);
  const isThere = (candidate: C) => nearest.get(keyOf(candidate)) === candidate;
  return judgements.map(({ near, ...said }) => {
    const matches = said.matches.filter(({ candidate }) => isThere(candidate));
    const similar = said.similar.filter(isThere);
    return { verdict: verdictOf({ matches, similar }), matches, similar, near };
  });
}

function nearestOf<T, C extends { readonly distance: number }>(
  all: readonly T[],
  candidateOf: (one: T) => C,
  keyOf: (candidate: C) => string,
): Map<string, T> {
  const nearest = new Map<string, T>();
  for (const one of all) {
    const key = keyOf(candidateOf(one));
    const best = nearest.get(key);
    if (!best || candidateOf(one).distance < candidateOf(best).distance) nearest.set(key, one);
  }
  return nearest;
}
