import type { ScopeId } from '../../consent/who.ts';
import { MAX_NAMES } from '../../match/matcher.ts';
import { MOST_COMPARED, type OwnPairs, ownPairs } from '../../match/own-pairs.ts';
import { type Candidate, type Candidates, MAX_TEMPLATES } from '../gallery.ts';
import { candidate, isFindable, nearestPeople } from '../rules/find.ts';
import { having } from './documents.ts';
import { isLiving, type LivingRecord } from './life.ts';
import type { Hit } from './nearest.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';
import type { Settler } from './settle.ts';

/** A search can be asked for at most this many. */
const MOST_PEOPLE = 10_000;

/** Scopes whose own pairs are known at once. */
const MOST_KNOWN = 10_000;

/** Searching: kNN finds rows; their owners' records, read after that and in realtime, say which of them count. */
export function searching({ records, faces }: Parts, { settle, disputed }: Settler, notice: number) {
  /** As last worked out, at the state of the rows then. */
  const known = new Map<ScopeId, { readonly state: string; readonly own: OwnPairs | undefined }>();

  async function search(
    scope: OpenScope,
    embeddings: readonly Float32Array[],
    onNear?: (ids: string[]) => void,
  ): Promise<Candidates> {
    const marked = having({ notice });
    for (let count = MAX_NAMES * MAX_TEMPLATES; ; count *= 8) {
      const near = await faces.nearest(scope, embeddings, { count, among: marked, counted: marked });
      // Most often those who are named are among them.
      onNear?.(near.faces.flatMap((hits) => hits.slice(0, MAX_NAMES)).map(({ owner }) => owner));
      const [owners, own] = await Promise.all([findable(scope, near.faces.flat()), ownPairsIn(scope, near.state)]);
      const people = near.faces.map((hits) => candidates(hits, owners));
      // Rows that do not count any more may stand before those that do.
      const mayHideMore = people.some((named, face) => named.length < MAX_NAMES && near.faces[face]?.length === count);
      if (mayHideMore && count * 8 <= MOST_PEOPLE) continue;
      return { templates: near.rows, ...(own && { own }), faces: people };
    }
  }

  /** One number of each scope, renewed when other rows count: some hundred vectors, and none otherwise. */
  async function ownPairsIn(scope: OpenScope, state: string): Promise<OwnPairs | undefined> {
    const before = known.get(scope.id);
    if (before?.state === state) return before.own;
    const own = ownPairs(await faces.oneOfEach(scope, having({ notice }), MOST_COMPARED));
    known.delete(scope.id);
    known.set(scope.id, { state, own });
    for (const oldest of known.keys()) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
    return own;
  }

  /** The owners of these rows whom a search may find, by id. */
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
      // Nobody is named for an enrolment that the ledger does not have yet.
      const settled = person.life.owed.length > 0 ? await settle(scope, person.id) : person;
      if (isLiving(settled)) people.set(person.id, settled);
    }
    return people;
  }

  return search;
}

/** The people of those hits that are templates. */
function candidates(hits: readonly Hit[], owners: ReadonlyMap<string, LivingRecord>): Candidate[] {
  const counting = hits.flatMap(({ id, owner, distance }) => {
    const life = owners.get(owner)?.life;
    return life?.templates.some((template) => template.id === id) ? [{ person: owner, distance, life }] : [];
  });
  return nearestPeople(counting).map(({ distance, life }) => candidate(life.person, distance, life.agreed));
}
