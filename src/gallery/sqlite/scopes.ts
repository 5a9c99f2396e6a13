import { Cause } from '../../cause.ts';
import type { Place, ScopeId } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Keys } from '../../secrets/keys.ts';
import { unsealRighted } from '../../secrets/righted.ts';
import { seal } from '../../secrets/seal.ts';
import type { Sql } from '../../sqlite/file.ts';
import { newScope, placeContext, placeHash, type ScopeKey, scopeContext } from '../rules/identity.ts';

/** A scope as this transaction read it. */
export interface OpenScope extends ScopeKey {
  /**
   * The scope's revision when it was opened. {@link Scopes.touch} raises it with each change of
   * what a search may see.
   */
  readonly revision: number;
  /** How many people were erased from the scope. */
  readonly erasures: number;
}

interface Row {
  readonly key: Uint8Array;
  readonly revision: number;
  readonly erasures: number;
}

/** Reads scopes with their keys. */
function opener(sql: Sql, keys: Keys) {
  /**
   * A scope with its key. Undefined when there is no such scope.
   * @throws Failure `unavailable` when the scope's key is unreadable. Then all that it sealed is
   * unreadable too
   */
  function open(id: ScopeId): OpenScope | undefined {
    const row = rowOf(id);
    const scope = row && opened(id, row);
    if (row && !scope)
      throw new Failure('unavailable', { cause: new Cause('values_unreadable', { where: 'the key of a group' }) });
    return scope;
  }

  /** As {@link open}, but also undefined when the scope's key is unreadable. */
  function readable(id: ScopeId): OpenScope | undefined {
    const row = rowOf(id);
    return row && opened(id, row);
  }

  function rowOf(id: ScopeId): Row | undefined {
    return sql.get<Row>`SELECT key, revision, erasures FROM scopes WHERE id = ${id}`;
  }

  function opened(id: ScopeId, { key: wrapped, revision, erasures }: Row): OpenScope | undefined {
    const key = unsealRighted(keys.wrap, wrapped, scopeContext(id));
    return key && { id, key, revision, erasures };
  }

  return { open, readable };
}

/** The scopes with their keys, and the places. Every function runs inside a transaction. */
export function scopesTable(sql: Sql, keys: Keys) {
  const hashOf = (place: Place) => placeHash(keys, place);

  const { open, readable } = opener(sql, keys);

  /** Makes a new scope, and points `place` to it. */
  function make(place: Place): ScopeId {
    const { id, key } = newScope();
    sql.run`INSERT INTO scopes (id, key) VALUES (${id}, ${seal(keys.wrap, key, scopeContext(id))})`;
    point(place, { id, key });
    return id;
  }

  /** Writes a scope from another store. `places` are its places, the latest first. */
  function put({ id, key }: ScopeKey, places: readonly Place[]): void {
    sql.run`INSERT INTO scopes (id, key) VALUES (${id}, ${seal(keys.wrap, key, scopeContext(id))})`;
    for (const place of places.toReversed()) point(place, { id, key });
  }

  function of(place: Place): ScopeId | undefined {
    const row = sql.get`SELECT scope FROM places WHERE place = ${hashOf(place)}` as { scope: ScopeId } | undefined;
    return row?.scope;
  }

  /** Points a place to this scope, and no longer to another one. */
  function point(place: Place, scope: ScopeKey): void {
    const hash = hashOf(place);
    const sealed = seal(scope.key, JSON.stringify(place), placeContext(scope.id, hash));
    sql.run`DELETE FROM places WHERE place = ${hash}`;
    sql.run`INSERT INTO places (place, scope, sealed) VALUES (${hash}, ${scope.id}, ${sealed})`;
  }

  /**
   * The readable places of a scope, the latest first. Empty when the scope is gone, or its key is
   * unreadable.
   */
  function placesOf(id: ScopeId): Place[] {
    const scope = readable(id);
    if (!scope) return [];
    const { key } = scope;
    const rows = sql.all`SELECT place, sealed FROM places WHERE scope = ${id} ORDER BY n DESC` as {
      place: string;
      sealed: Uint8Array;
    }[];
    return rows.flatMap((row) => {
      const plain = unsealRighted(key, row.sealed, placeContext(id, row.place));
      return plain ? [JSON.parse(plain.toString()) as Place] : [];
    });
  }

  function ids(): ScopeId[] {
    return (sql.all`SELECT id FROM scopes ORDER BY rowid` as { id: ScopeId }[]).map(({ id }) => id);
  }

  function isAbandoned(id: ScopeId): boolean {
    return sql.get`SELECT 1 FROM places WHERE scope = ${id}` === undefined;
  }

  /** Removes the scope's key and places. The caller makes sure that it has no people. */
  function remove(id: ScopeId): void {
    sql.run`DELETE FROM places WHERE scope = ${id}`;
    sql.run`DELETE FROM scopes WHERE id = ${id}`;
  }

  /** Marks these people as changed, so that each process reads them again at its next search. */
  function touch(id: ScopeId, people: readonly { readonly n: number }[]): void {
    sql.run`UPDATE scopes SET revision = revision + 1 WHERE id = ${id}`;
    for (const { n } of people) {
      sql.run`UPDATE people SET changed = (SELECT revision FROM scopes WHERE id = ${id}) WHERE n = ${n}`;
    }
  }

  /**
   * Notes that a person was erased, so that each process forgets, at its next search, all templates
   * in memory whose person has no row.
   */
  function noteErasure(id: ScopeId): void {
    sql.run`UPDATE scopes SET erasures = erasures + 1 WHERE id = ${id}`;
  }

  return { open, readable, make, put, of, point, placesOf, ids, isAbandoned, remove, touch, noteErasure };
}

export type Scopes = ReturnType<typeof scopesTable>;
