import type { Judgement, Named } from './matcher.ts';
import { MOST_CHANCE } from './verdict.ts';

/**
 * A person is seldom on a photo twice (a mirror, a collage): taken as one time in a hundred. For a second face a stranger must
 * therefore be a hundred times rarer than for the first.
 */
const SECOND_FACE = MOST_CHANCE.match / 100;

/**
 * The judgements of one photo's faces, in the light of each other: of several faces taken for one person the nearest keeps its
 * verdict, a further one is a match only if a stranger this close is rarer than 1 in 10,000, else it is possible.
 * @param keyOf what tells people apart
 */
export function weighRecurrence<C>(
  judgements: readonly Judgement<C>[],
  keyOf: (candidate: C) => string,
): Judgement<C>[] {
  const nearest = new Map<string, Named<C>>();
  for (const named of judgements.flatMap(({ matches }) => matches)) {
    const key = keyOf(named.candidate);
    const best = nearest.get(key);
    if (!best || named.distance < best.distance) nearest.set(key, named);
  }
  return judgements.map(({ matches }) => {
    const weighed = matches.map((named): Named<C> => {
      const isFirst = nearest.get(keyOf(named.candidate)) === named;
      return isFirst || named.chance <= SECOND_FACE ? named : { ...named, verdict: 'possible' };
    });
    return { verdict: weighed[0]?.verdict ?? 'unknown', matches: weighed };
  });
}
