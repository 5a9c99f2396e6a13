import { subjectOf, UNREADABLE } from '../../consent/ledger.ts';
import type { Person, ScopeId } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import { conditionOf } from '../../secrets/righted.ts';
import { seal } from '../../secrets/seal.ts';
import type { Sql, SqliteFile } from '../../sqlite/file.ts';
import { type Damage, type DamagedKind, newTally, type Tally } from '../damage.ts';
import type { Gallery } from '../gallery.ts';
import {
  membershipsContext,
  membershipsHash,
  newSalt,
  placeContext,
  scopeContext,
  settingsContext,
} from '../rules/identity.ts';
import type { Consents } from './consents.ts';
import { type Held, personContext } from './people.ts';
import type { OpenScope } from './scopes.ts';
import type { Tables } from './tables.ts';
import { templateContext } from './templates.ts';
import { uproot } from './uproot.ts';

/** A row: its number, its sealed value, and the name to which that value is bound. */
interface Row {
  readonly n: number;
  readonly name: string;
  readonly sealed: Uint8Array;
}

/** The state of one look at the whole store. */
interface Look {
  readonly sql: Sql;
  readonly tables: Tables;
  readonly keys: Keys;
  readonly consents: Consents;
  readonly tally: Tally;
  /** The present time, milliseconds since 1970. Undefined when the look repairs nothing. */
  readonly now: number | undefined;
  /** The people with a readable record, and their scopes, by the hash of their list of groups. */
  readonly groups: Map<string, { readonly person: Person; readonly scopes: ScopeId[] }>;
}

/** Makes `damage`, which reads every stored value, and `mend`, which also repairs. */
export function mender(
  { sql, read, write }: SqliteFile,
  tables: Tables,
  keys: Keys,
  consents: Consents,
): Pick<Gallery, 'damage' | 'mend'> {
  function survey(now?: number): Damage {
    const look: Look = { sql, tables, keys, consents, tally: newTally(), now, groups: new Map() };
    for (const id of tables.scopes.ids()) lookAtScope(look, id);
    lookAtLists(look);
    return look.tally.damage();
  }
  return { damage: () => read(() => survey()), mend: (now) => write(() => survey(now)) };
}

/**
 * Whether a sealed value is readable; counts it. If it is readable but has a flipped bit, and the
 * look repairs, `put` gets the value sealed again and must store it.
 */
function isReadable(
  { tally, now }: Look,
  kind: DamagedKind,
  key: Uint8Array,
  { sealed, context }: { readonly sealed: Uint8Array; readonly context: string },
  put: (sealed: Uint8Array) => void,
): boolean {
  const found = conditionOf(key, sealed, context);
  tally.count(kind, found);
  if (now !== undefined && found && !found.isWhole) put(seal(key, found.plain, context));
  return found !== undefined;
}

function lookAtScope(look: Look, id: ScopeId): void {
  const { sql, tables, keys, now } = look;
  const row = sql.get<{ key: Uint8Array }>`SELECT key FROM scopes WHERE id = ${id}`;
  const putKey = (sealed: Uint8Array) => sql.run`UPDATE scopes SET key = ${sealed} WHERE id = ${id}`;
  const wrapped = row && { sealed: row.key, context: scopeContext(id) };
  const scope = wrapped && isReadable(look, 'key', keys.wrap, wrapped, putKey) ? tables.scopes.open(id) : undefined;
  if (!scope && now !== undefined) removeKeyless(look, id, now);
  if (!scope) return;
  lookAtSettings(look, scope);
  for (const { n, name, sealed } of sql.all<Row>`SELECT n, place AS name, sealed FROM places WHERE scope = ${id}`) {
    const put = (anew: Uint8Array) => sql.run`UPDATE places SET sealed = ${anew} WHERE n = ${n}`;
    isReadable(look, 'place', scope.key, { sealed, context: placeContext(id, name) }, put);
  }
  for (const row of sql.all<Row>`SELECT n, person AS name, sealed FROM people WHERE scope = ${id}`) {
    const { n, name, sealed } = row;
    const put = (anew: Uint8Array) => sql.run`UPDATE people SET sealed = ${anew} WHERE n = ${n}`;
    const isThere = isReadable(look, 'person', scope.key, { sealed, context: personContext(id, name) }, put);
    if (isThere || now === undefined) lookAtTemplates(look, scope, row);
    else remove(tables, scope, row, now);
  }
  for (const held of tables.people.all(scope)) lookAtMark(look, scope, held);
}

/**
 * Removes a scope whose key is unreadable, with all its rows. The gallery's other values open, so
 * the master key is right, and nothing can read this scope any more. Its ledger stays.
 */
function removeKeyless({ sql, tables }: Look, id: ScopeId, now: number): void {
  for (const { n, name } of sql.all<
    Pick<Row, 'n' | 'name'>
  >`SELECT n, person AS name FROM people WHERE scope = ${id}`) {
    uproot(tables, n);
    tables.ledger.appendUnsealed(id, subjectOfUnreadable(name), UNREADABLE, now);
  }
  tables.memberships.removeScope(id);
  tables.scopes.remove(id);
}

/** Looks at a scope's settings. A look that repairs removes unreadable ones. */
function lookAtSettings(look: Look, { id, key }: OpenScope): void {
  const { sql, now } = look;
  const row = sql.get<{ settings: Uint8Array | null }>`SELECT settings FROM scopes WHERE id = ${id}`;
  if (!row?.settings) return;
  const put = (sealed: Uint8Array | null) => sql.run`UPDATE scopes SET settings = ${sealed} WHERE id = ${id}`;
  const value = { sealed: row.settings, context: settingsContext(id) };
  if (!isReadable(look, 'settings', key, value, put) && now !== undefined) put(null);
}

function lookAtTemplates(look: Look, scope: OpenScope, { n, name: person }: Row): void {
  const { sql, tables, now } = look;
  for (const row of sql.all<Row>`SELECT id AS n, pack AS name, sealed FROM templates WHERE person = ${n}`) {
    const put = (anew: Uint8Array) => sql.run`UPDATE templates SET sealed = ${anew} WHERE id = ${row.n}`;
    const context = templateContext(scope.id, person, row.name);
    if (isReadable(look, 'template', scope.key, { sealed: row.sealed, context }, put) || now === undefined) continue;
    sql.run`DELETE FROM templates WHERE id = ${row.n}`;
    tables.scopes.touch(scope.id, [{ n }]);
  }
}

/**
 * Checks two marks in a person's row. `notice` repeats the version of the notice from the ledger,
 * which makes searches fast. `changed` is a revision of the scope, so it cannot be above the
 * scope's present one. Also adds the person to `groups`.
 */
function lookAtMark({ sql, tables, keys, consents, tally, now, groups }: Look, scope: OpenScope, held: Held): void {
  const { person, n } = held;
  const hash = membershipsHash(keys, person);
  groups.set(hash, { person, scopes: [...(groups.get(hash)?.scopes ?? []), scope.id] });
  const version = consents.standingOf(scope, held).agreed.enrol?.version ?? null;
  const isRight = sql.get`SELECT 1 FROM people WHERE n = ${n} AND notice IS ${version}
    AND changed BETWEEN 0 AND (SELECT revision FROM scopes WHERE id = ${scope.id})`;
  if (isRight) return;
  tally.mark();
  if (now === undefined) return;
  sql.run`UPDATE people SET notice = ${version} WHERE n = ${n}`;
  tables.scopes.touch(scope.id, [held]);
}

function lookAtLists({ sql, tables: { memberships }, keys, tally, now, groups }: Look): void {
  const isMending = now !== undefined;
  const rows = sql.all<Row>`SELECT n, person AS name, sealed FROM memberships`;
  for (const { n, name, sealed } of rows) {
    const found = conditionOf(keys.memberships, sealed, membershipsContext(name));
    tally.count('list', found);
    const group = groups.get(name);
    if (isMending && !found?.isWhole && group) for (const id of group.scopes) memberships.add(group.person, id);
    if (isMending && !found && !group) sql.run`DELETE FROM memberships WHERE n = ${n}`;
  }
  const listed = new Set(rows.map(({ name }) => name));
  for (const [hash, { person, scopes }] of groups) {
    if (listed.has(hash)) continue;
    tally.mark();
    if (isMending) for (const id of scopes) memberships.add(person, id);
  }
}

/**
 * Removes an unreadable record with all rows that refer to it. Nobody can tell whose record it was,
 * so the entry in the ledger has a random subject.
 */
function remove(tables: Tables, scope: OpenScope, { n, name }: Row, now: number): void {
  const { scopes, ledger } = tables;
  scopes.touch(scope.id, uproot(tables, n).rivals);
  scopes.noteErasure(scope.id);
  ledger.append(scope, subjectOfUnreadable(name), UNREADABLE, now);
}

function subjectOfUnreadable(id: string): string {
  return subjectOf(newSalt(), { platform: 'unreadable', id, name: '' });
}
