import type { ScopeId } from '../../consent/who.ts';
import type { OwnPairs } from '../../match/own-pairs.ts';
import type { SqliteFile } from '../../sqlite/file.ts';
import type { Candidate, Candidates, Gallery, PackVersion } from '../gallery.ts';
import { candidate, isFindable } from '../rules/find.ts';
import type { weeklyPairs } from '../weekly-pairs.ts';
import type { Consents } from './consents.ts';
import { type Near, nearestOfAll, ownPairsOf } from './nearest.ts';
import type { OpenedScopes } from './opened.ts';
import type { OpenScope } from './scopes.ts';
import type { Slots } from './slots.ts';
import type { Tables } from './tables.ts';

type WeeklyPairs = ReturnType<typeof weeklyPairs>;

/**
 * Makes {@link Gallery.search}. It searches the templates in memory, and then checks in the
 * database that each person whom it found may still be named.
 */
export function searcher(
  { read, sql }: SqliteFile,
  { scopes, people, templates, disputes }: Tables,
  opened: OpenedScopes,
  consents: Consents,
  { pack, notice, pairs }: { readonly pack: PackVersion; readonly notice: number; readonly pairs: WeeklyPairs },
): Gallery['search'] {
  return async function search(id: ScopeId, embeddings: readonly Float32Array[]): Promise<Candidates> {
    const all = await opened.warm(id);
    if (!all) return { templates: 0, faces: embeddings.map(() => []) };
    const own = await pairs.of(id, (before) => read(() => pairsBefore(id, all.slots, before)));
    const near = await nearestOfAll(all.slots, embeddings);
    const faces = await read(() => {
      const scope = scopes.open(id);
      return near.map((face) => (scope ? face.flatMap((one) => confirmed(scope, one) ?? []) : []));
    });
    return { templates: all.slots.searchable.reduce((sum, one) => sum + one, 0), ...(own && { own }), faces };
  };

  /**
   * The own pairs of the scope (how near its people are to each other), from the templates in the
   * database that were enrolled before `before`.
   */
  function pairsBefore(id: ScopeId, slots: Slots, before: number): OwnPairs | undefined {
    const rows = sql.all<{ id: number }>`SELECT t.id FROM templates t JOIN people p ON p.n = t.person
      WHERE p.scope = ${id} AND t.pack = ${pack.id} AND t.enrolled_at < ${before}`;
    return ownPairsOf(slots, pack.dims, new Set(rows.map((row) => row.id)));
  }

  /**
   * The candidate for a near template. Undefined when, since the search began, the template was
   * removed, or its person was erased or may no longer be found.
   */
  function confirmed(scope: OpenScope, { template, person, distance }: Near): Candidate | undefined {
    const held = people.byNumber(scope, person);
    if (!held || !templates.has(held, template)) return undefined;
    const { agreed } = consents.standingOf(scope, held);
    const hidden = disputes.hides(person);
    return isFindable({ agreed, hidden }, notice) ? candidate(held.person, distance, agreed) : undefined;
  }
}
