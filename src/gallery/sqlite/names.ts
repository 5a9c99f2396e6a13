import type { ScopeId } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import { opens, unsealRighted } from '../../secrets/righted.ts';
import type { Sql } from '../../sqlite/file.ts';
import { membershipsContext, placeContext, scopeContext } from '../rules/identity.ts';
import { personContext } from './people.ts';

interface Row {
  readonly n: number;
  readonly scope: ScopeId;
  readonly name: string;
  readonly sealed: Uint8Array;
}

/**
 * Repairs names in which a bit is flipped: ids of scopes, and keyed hashes of people, places and
 * lists of groups. A row with a wrong name is not found, so its person could not be erased. The
 * true name is recognised because the sealed part of the row opens only with it. Runs inside a
 * transaction, after the migrations.
 */
export function rightNames(sql: Sql, keys: Keys): void {
  for (const { n, name, sealed } of sql.all<Row>`SELECT rowid AS n, id AS name, key AS sealed FROM scopes`) {
    const righted = rightedName(name, (one) => opens(keys.wrap, sealed, scopeContext(one as ScopeId)));
    if (righted !== undefined) sql.run`UPDATE scopes SET id = ${righted} WHERE rowid = ${n}`;
  }
  const scopes = scopeKeysIn(sql, keys);
  for (const row of sql.all<Row>`SELECT n, scope, person AS name, sealed FROM people`) {
    const found = rightedRow(scopes, row, personContext);
    if (found) sql.run`UPDATE people SET scope = ${found.scope}, person = ${found.name} WHERE n = ${row.n}`;
  }
  for (const row of sql.all<Row>`SELECT n, scope, place AS name, sealed FROM places`) {
    const found = rightedRow(scopes, row, placeContext);
    if (found) sql.run`UPDATE places SET scope = ${found.scope}, place = ${found.name} WHERE n = ${row.n}`;
  }
  for (const { n, name, sealed } of sql.all<Row>`SELECT n, person AS name, sealed FROM memberships`) {
    const righted = rightedName(name, (one) => opens(keys.memberships, sealed, membershipsContext(one)));
    if (righted !== undefined) sql.run`UPDATE memberships SET person = ${righted} WHERE n = ${n}`;
  }
}

function scopeKeysIn(sql: Sql, keys: Keys): ReadonlyMap<ScopeId, Uint8Array> {
  const rows = sql.all<{ id: ScopeId; key: Uint8Array }>`SELECT id, key FROM scopes`;
  return new Map(
    rows.flatMap(({ id, key: wrapped }) => {
      const key = unsealRighted(keys.wrap, wrapped, scopeContext(id));
      return key ? [[id, key] as const] : [];
    }),
  );
}

/**
 * The true scope and name of a row in which a bit of one of the two is flipped. Undefined when both
 * are right, or when there is more damage.
 */
function rightedRow(
  scopes: ReadonlyMap<ScopeId, Uint8Array>,
  { scope, name, sealed }: Row,
  contextOf: (scope: ScopeId, name: string) => string,
): Pick<Row, 'scope' | 'name'> | undefined {
  const key = scopes.get(scope);
  if (key) {
    const righted = rightedName(name, (one) => opens(key, sealed, contextOf(scope, one)));
    return righted === undefined ? undefined : { scope, name: righted };
  }
  const [other] = [...scopes].find(([id, its]) => opens(its, sealed, contextOf(id, name))) ?? [];
  return other && { scope: other, name };
}

/**
 * The name with one bit flipped so that `isTrue` holds for it. Undefined when `isTrue` already
 * holds for the given name, or when no flip of one bit helps.
 */
function rightedName(name: string, isTrue: (name: string) => boolean): string | undefined {
  if (isTrue(name)) return undefined;
  const bytes = Buffer.from(name, 'latin1');
  for (const [at, byte] of bytes.entries()) {
    for (let bit = 1; bit < 256; bit *= 2) {
      bytes[at] = byte ^ bit;
      const text = bytes.toString('latin1');
      if (isTrue(text)) return text;
    }
    bytes[at] = byte;
  }
  return undefined;
}
