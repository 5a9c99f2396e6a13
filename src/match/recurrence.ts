import type { Judgement, Named } from './matcher.ts';

/** Where each person is named nearest to them, by `keyOf`; of two equal faces the first. */
export function nearestNamings<C extends { readonly distance: number }>(
  faces: readonly Pick<Judgement<C>, 'matches'>[],
  keyOf: (candidate: C) => string,
): ReadonlyMap<string, Named<C>> {
  const nearest = new Map<string, Named<C>>();
  for (const named of faces.flatMap(({ matches }) => matches)) {
    const key = keyOf(named.candidate);
    const best = nearest.get(key);
    if (!best || named.candidate.distance < best.candidate.distance) nearest.set(key, named);
  }
  return nearest;
}

/**
 * The judgements of one photo's faces, in the light of each other: a person is on a photo once, and
 * is named at the face that is nearest to them. (Whoever answers for each face of a collage tells
 * a person's template by its many distances.) A further face keeps whoever else it may be.
 * @param keyOf what tells people apart
 */
export function onceEach<C extends { readonly distance: number }>(
  judgements: readonly Judgement<C>[],
  keyOf: (candidate: C) => string,
): Judgement<C>[] {
  const nearest = nearestNamings(judgements, keyOf);
  return judgements.map(({ matches, near }) => {
    const left = matches.filter((named) => nearest.get(keyOf(named.candidate)) === named);
    return { verdict: left[0]?.verdict ?? 'unknown', matches: left, near };
  });
}
