import { subjectOf, UNREADABLE } from '../../consent/ledger.ts';
import type { Person, ScopeId } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import { conditionOf } from '../../secrets/righted.ts';
import { seal } from '../../secrets/seal.ts';
import type { SqliteFile } from '../../sqlite/file.ts';
import { type Counted, newTally } from '../damage.ts';
import type { Damage, Gallery } from '../gallery.ts';
import { membershipsContext, membershipsHash, newSalt, placeContext, scopeContext } from '../rules/identity.ts';
import type { Consents } from './consents.ts';
import { type Held, personContext } from './people.ts';
import type { OpenScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { templateContext } from './templates.ts';
import { uproot } from './uproot.ts';

interface Row {
  readonly id: number;
  readonly name: string;
  readonly sealed: Uint8Array;
}

/** Looking at every stored value, and mending. */
export function mender(
  { sql, read, write }: SqliteFile,
  tables: Tables,
  keys: Keys,
  consents: Consents,
): Pick<Gallery, 'damage' | 'mend'> {
  const { scopes, people, memberships, ledger } = tables;

  /** One look at all; with `now` it mends. Runs inside a transaction. */
  function survey(now?: number): Damage {
    const tally = newTally();
    const isMending = now !== undefined;
    const groups = new Map<string, { readonly person: Person; readonly scopes: ScopeId[] }>();

    /** Whether the value can be read; one with a flipped bit is sealed anew by `put`. */
    function isReadable(kind: Counted, key: Uint8Array, row: Row, context: string, put: (sealed: Uint8Array) => void) {
      const found = conditionOf(key, row.sealed, context);
      tally.count(kind, found);
      if (isMending && found && !found.isWhole) put(seal(key, found.plain, context));
      return found !== undefined;
    }

    function lookAtScope(id: ScopeId): void {
      const row = sql.get<Row>`SELECT 0 AS id, id AS name, key AS sealed FROM scopes WHERE id = ${id}`;
      const putKey = (sealed: Uint8Array) => sql.run`UPDATE scopes SET key = ${sealed} WHERE id = ${id}`;
      if (!row || !isReadable('key', keys.wrap, row, scopeContext(id), putKey)) return;
      const scope = scopes.open(id);
      if (!scope) return;
      for (const place of sql.all<Row>`SELECT n AS id, place AS name, sealed FROM places WHERE scope = ${id}`) {
        const put = (sealed: Uint8Array) => sql.run`UPDATE places SET sealed = ${sealed} WHERE n = ${place.id}`;
        isReadable('place', scope.key, place, placeContext(id, place.name), put);
      }
      for (const person of sql.all<Row>`SELECT n AS id, person AS name, sealed FROM people WHERE scope = ${id}`) {
        const put = (sealed: Uint8Array) => sql.run`UPDATE people SET sealed = ${sealed} WHERE n = ${person.id}`;
        const isThere = isReadable('person', scope.key, person, personContext(id, person.name), put);
        if (!isThere && isMending) remove(scope, person, now);
        else lookAtTemplates(scope, person);
      }
      for (const held of people.all(scope)) lookAtMark(scope, held);
    }

    function lookAtTemplates(scope: OpenScope, { id: n, name: person }: Row): void {
      const rows = sql.all<Row>`SELECT id, pack AS name, sealed FROM templates WHERE person = ${n}`;
      for (const row of rows) {
        const put = (sealed: Uint8Array) => sql.run`UPDATE templates SET sealed = ${sealed} WHERE id = ${row.id}`;
        const context = templateContext(scope.id, person, row.name);
        if (isReadable('template', scope.key, row, context, put) || !isMending) continue;
        sql.run`DELETE FROM templates WHERE id = ${row.id}`;
        scopes.touch(scope.id, [{ n }]);
      }
    }

    /** What stands beside the row for speed must say what the ledger says. */
    function lookAtMark(scope: OpenScope, held: Held): void {
      const { person, n } = held;
      const hash = membershipsHash(keys, person);
      const group = groups.get(hash) ?? { person, scopes: [] };
      groups.set(hash, { person, scopes: [...group.scopes, scope.id] });
      const version = consents.standingOf(scope, held).agreed.enrol?.version ?? null;
      const isRight = sql.get`SELECT 1 FROM people
        WHERE n = ${n} AND notice IS ${version} AND changed BETWEEN 0 AND ${scope.revision}`;
      if (isRight) return;
      tally.mark();
      if (!isMending) return;
      sql.run`UPDATE people SET notice = ${version} WHERE n = ${n}`;
      scopes.touch(scope.id, [held]);
    }

    function lookAtLists(): void {
      const rows = sql.all<Row>`SELECT n AS id, person AS name, sealed FROM memberships`;
      for (const row of rows) {
        const found = conditionOf(keys.memberships, row.sealed, membershipsContext(row.name));
        tally.count('list', found);
        const group = groups.get(row.name);
        if (isMending && !found?.isWhole && group) for (const id of group.scopes) memberships.add(group.person, id);
        if (isMending && !found && !group) sql.run`DELETE FROM memberships WHERE n = ${row.id}`;
      }
      const listed = new Set(rows.map(({ name }) => name));
      for (const [hash, { person, scopes: ids }] of groups) {
        if (listed.has(hash)) continue;
        tally.mark();
        if (isMending) for (const id of ids) memberships.add(person, id);
      }
    }

    for (const id of scopes.ids()) lookAtScope(id);
    lookAtLists();
    return tally.damage();
  }

  /** Who it was nobody can say: not even the erased know. */
  function remove(scope: OpenScope, { id: n, name }: Row, now: number): void {
    scopes.touch(scope.id, uproot(tables, n).rivals);
    scopes.noteErasure(scope.id);
    ledger.append(scope, subjectOf(newSalt(), { platform: 'unreadable', id: name, name: '' }), UNREADABLE, now);
  }

  return { damage: () => read(() => survey()), mend: (now) => write(() => survey(now)) };
}
