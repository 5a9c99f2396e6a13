import { type Judgement, type Named, verdictOf } from './matcher.ts';

/** Where each person is named nearest to them, by `keyOf`; of two equal faces the first. */
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
 * The judgements of one photo's faces, in the light of each other: a person is on a photo once, and
 * is named, or looks similar, at the face that is nearest to them. (Whoever answers for each face of
 * a collage tells a person's template by its many distances.) A further face keeps whoever else it
 * may be.
 * @param keyOf what tells people apart
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
