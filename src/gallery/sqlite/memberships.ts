import type { Person, ScopeId } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import { unsealRighted } from '../../secrets/righted.ts';
import { seal } from '../../secrets/seal.ts';
import type { Sql } from '../../sqlite/file.ts';
import { membershipsContext, membershipsHash, personHash } from '../rules/identity.ts';

/**
 * The length of a list is rounded up to a multiple of this many bytes (ten scopes), so that it
 * reveals little.
 */
const PADDED_TO = 256;

/**
 * The lists of people's scopes. Each person has one sealed list under their keyed hash. So a person
 * who asks for their groups reads nobody else's list. The list is removed with its last scope.
 * Every function runs inside a transaction.
 */
export function membershipsTable(sql: Sql, keys: Keys) {
  /** A person's scopes. The latest scope comes last. */
  function of(person: Person): ScopeId[] {
    const hash = membershipsHash(keys, person);
    const row = sql.get`SELECT sealed FROM memberships WHERE person = ${hash}` as { sealed: Uint8Array } | undefined;
    if (!row) return [];
    const plain = unsealRighted(keys.memberships, row.sealed, membershipsContext(hash));
    return plain ? (JSON.parse(plain.toString()) as ScopeId[]) : lookedUp(person);
  }

  /**
   * Finds a person's scopes without the list, when that is unreadable, so that the person can
   * leave. The next change writes the list again.
   */
  function lookedUp(person: Person): ScopeId[] {
    const ids = sql.all<{ id: ScopeId }>`SELECT id FROM scopes ORDER BY rowid`.map(({ id }) => id);
    return ids.filter((id) => sql.get`SELECT 1 FROM people WHERE person = ${personHash(keys, id, person)}`);
  }

  function add(person: Person, scope: ScopeId): void {
    put(person, [...without(of(person), scope), scope]);
  }

  function remove(person: Person, scope: ScopeId): void {
    put(person, without(of(person), scope));
  }

  /**
   * Row numbers are random. Numbers in order of arrival would show which row belongs to which row
   * of `people`. They have 53 bits, sign included, because Node 26 refuses larger ones.
   */
  function put(person: Person, scopes: readonly ScopeId[]): void {
    const hash = membershipsHash(keys, person);
    if (scopes.length === 0) {
      sql.run`DELETE FROM memberships WHERE person = ${hash}`;
      return;
    }
    const sealed = seal(keys.memberships, padded(JSON.stringify(scopes)), membershipsContext(hash));
    sql.run`INSERT INTO memberships (n, person, sealed) VALUES (random() >> 11, ${hash}, ${sealed})
      ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed`;
  }

  return { of, add, remove };
}

export type Memberships = ReturnType<typeof membershipsTable>;

function without(scopes: readonly ScopeId[], scope: ScopeId): ScopeId[] {
  return scopes.filter((other) => other !== scope);
}

/** Adds spaces at the end. The JSON means the same. */
function padded(json: string): string {
  return json.padEnd(Math.ceil(json.length / PADDED_TO) * PADDED_TO);
}
