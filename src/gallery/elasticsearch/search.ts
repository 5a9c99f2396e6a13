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

/** The most results that Elasticsearch gives for one search. */
const MOST_PEOPLE = 10_000;

/**
 * Makes {@link Gallery.search}. A kNN query finds near rows. Then the records of the rows' owners
 * are read in real time, and decide which rows count.
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
      // Most of the people whom the search will name are owners of the nearest rows. So the caller
      // gets these owners before the search has read their records.
      onNear?.(near.faces.flatMap((hits) => hits.slice(0, MAX_NAMES)).map(({ owner }) => owner));
      const ownPairsNow = pairs.of(scope.id, (before) => pairsBefore(scope, before));
      const [owners, own] = await Promise.all([findable(scope, near.faces.flat()), ownPairsNow]);
      const people = near.faces.map((hits) => candidates(hits, owners));
      // A result may be full of rows that do not count, and lack rows that do. Then the search is
      // repeated with a larger count.
      const mayHideMore = people.some((named, face) => named.length < MAX_NAMES && near.faces[face]?.length === count);
      if (mayHideMore && count * 8 <= MOST_PEOPLE) continue;
      return { templates: near.rows, ...(own && { own }), faces: people };
    }
  }

  /**
   * The own pairs of the scope (how near its people are to each other), from the templates that
   * were enrolled before `before`. Each person is compared by their oldest template among these.
   */
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
      // Nobody is named before the ledger has the entry of their enrolment, so it is appended
      // first.
      const settled = person.life.owed.length > 0 ? await settle(scope, person.id) : person;
      if (isLiving(settled)) people.set(person.id, settled);
    }
    return people;
  }

  return search;
}

/** The nearest people among the owners of these hits. A hit counts if its id is a template's. */
function candidates(hits: readonly Hit[], owners: ReadonlyMap<string, LivingRecord>): Candidate[] {
  const counting = hits.flatMap(({ id, owner, distance }) => {
    const life = owners.get(owner)?.life;
    return life?.templates.some((template) => template.id === id) ? [{ person: owner, distance, life }] : [];
  });
  return nearestPeople(counting).map(({ distance, life }) => candidate(life.person, distance, life.agreed));
}
