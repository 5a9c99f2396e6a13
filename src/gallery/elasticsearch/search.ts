import { MAX_NAMES } from '../../match/matcher.ts';
import { MOST_COMPARED, type OwnPairs, ownPairs } from '../../match/own-pairs.ts';
import { type Candidate, type Candidates, MAX_TEMPLATES } from '../gallery.ts';
import { candidate, isFindable, nearestPeople } from '../rules/find.ts';
import type { weeklyPairs } from '../weekly-pairs.ts';
import { having } from './documents.ts';
import { isLiving, type LivingRecord } from './life.ts';
import type { Hit } from './nearest.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';
import type { Settler } from './settle.ts';

/** The most results that one search can ask for. */
const MOST_PEOPLE = 10_000;

/**
 * Searches. A kNN query finds rows. Then the records of their owners are read in real time, and
 * decide which rows count.
 */
export function searching(
  { records, faces }: Parts,
  { settle, disputed }: Settler,
  { notice, pairs }: { readonly notice: number; readonly pairs: ReturnType<typeof weeklyPairs> },
) {
  async function search(
    scope: OpenScope,
    embeddings: readonly Float32Array[],
    onNear?: (ids: string[]) => void,
  ): Promise<Candidates> {
    const marked = having({ notice });
    for (let count = MAX_NAMES * MAX_TEMPLATES; ; count *= 8) {
      const near = await faces.nearest(scope, embeddings, { count, among: marked, counted: marked });
      // The people who will be named are mostly the owners of these rows.
      onNear?.(near.faces.flatMap((hits) => hits.slice(0, MAX_NAMES)).map(({ owner }) => owner));
      const ownPairsNow = pairs.of(scope.id, (before) => pairsBefore(scope, before));
      const [owners, own] = await Promise.all([findable(scope, near.faces.flat()), ownPairsNow]);
      const people = near.faces.map((hits) => candidates(hits, owners));
      // Rows that do not count may fill the result, and push out rows that do.
      const mayHideMore = people.some((named, face) => named.length < MAX_NAMES && near.faces[face]?.length === count);
      if (mayHideMore && count * 8 <= MOST_PEOPLE) continue;
      return { templates: near.rows, ...(own && { own }), faces: people };
    }
  }

  /** The own pairs of templates from before a time: each person by their oldest one. */
  async function pairsBefore(scope: OpenScope, before: number): Promise<OwnPairs | undefined> {
    const rows = await faces.ofPeople(scope, having({ notice }), MOST_COMPARED);
    const vectors = new Map(rows.map(({ id, vector }) => [id, vector]));
    const owners = await records.read(
      scope,
      rows.map(({ owner }) => owner),
    );
    const oldest = [...owners.values()].map(({ life }) =>
      life?.templates.find(({ id, enrolledAt }) => enrolledAt < before && vectors.has(id)),
    );
    return ownPairs(oldest.flatMap((one) => vectors.get(one?.id ?? '') ?? []));
  }

  /** The owners of these rows whom a search may name, by the ids of their records. */
  async function findable(scope: OpenScope, hits: readonly Hit[]): Promise<Map<string, LivingRecord>> {
    const owners = await records.read(
      scope,
      hits.map(({ owner }) => owner),
    );
    const living = [...owners.values()].filter(isLiving);
    const hidden = await disputed(scope, living);
    const people = new Map<string, LivingRecord>();
    for (const person of living) {
      if (!isFindable({ agreed: person.life.agreed, hidden: hidden.has(person.id) }, notice)) continue;
      // Nobody is named for an enrolment that is not yet in the ledger.
      const settled = person.life.owed.length > 0 ? await settle(scope, person.id) : person;
      if (isLiving(settled)) people.set(person.id, settled);
    }
    return people;
  }

  return search;
}

/** The people at these hits. A hit counts if it is one of its owner's templates. */
function candidates(hits: readonly Hit[], owners: ReadonlyMap<string, LivingRecord>): Candidate[] {
  const counting = hits.flatMap(({ id, owner, distance }) => {
    const life = owners.get(owner)?.life;
    return life?.templates.some((template) => template.id === id) ? [{ person: owner, distance, life }] : [];
  });
  return nearestPeople(counting).map(({ distance, life }) => candidate(life.person, distance, life.agreed));
}
