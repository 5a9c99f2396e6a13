import type { Person, ScopeId } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import { unsealRighted } from '../../secrets/righted.ts';
import { seal } from '../../secrets/seal.ts';
import type { Sql } from '../../sqlite/file.ts';
import { membershipsContext, membershipsHash, personHash } from '../rules/identity.ts';

/**
 * Before a list is sealed, its length is rounded up to a multiple of this many bytes (ten scopes),
 * so that the length reveals little about the number of scopes.
 */
const PADDED_TO = 256;

interface Row {
  /** The keyed hash of the list's person. */
  readonly person: string;
  readonly sealed: Uint8Array;
}

/**
 * The lists of people's scopes. Each person has one sealed list under their keyed hash, so that a
 * person's scopes are found without a look into other people's data. A list is removed when its
 * last scope is. Every function runs inside a transaction.
 */
export function membershipsTable(sql: Sql, keys: Keys) {
  /** A person's scopes. The latest scope comes last. */
  function of(person: Person): ScopeId[] {
    const hash = membershipsHash(keys, person);
    const row = sql.get<Row>`SELECT person, sealed FROM memberships WHERE person = ${hash}`;
    return row ? (listIn(row) ?? lookedUp(person)) : [];
  }

  function listIn({ person, sealed }: Row): ScopeId[] | undefined {
    const plain = unsealRighted(keys.memberships, sealed, membershipsContext(person));
    return plain && (JSON.parse(plain.toString()) as ScopeId[]);
  }

  /**
   * Finds the scopes of a person whose list is unreadable, so that the person can still be erased.
   * The next {@link add} or {@link remove} writes the list again.
   */
  function lookedUp(person: Person): ScopeId[] {
    const ids = sql.all<{ id: ScopeId }>`SELECT id FROM scopes ORDER BY rowid`.map(({ id }) => id);
    return ids.filter((id) => sql.get`SELECT 1 FROM people WHERE person = ${personHash(keys, id, person)}`);
  }

  function add(person: Person, scope: ScopeId): void {
    put(membershipsHash(keys, person), [...without(of(person), scope), scope]);
  }

  function remove(person: Person, scope: ScopeId): void {
    put(membershipsHash(keys, person), without(of(person), scope));
  }

  /** Removes from every list a scope that no longer exists. */
  function removeScope(scope: ScopeId): void {
    for (const row of sql.all<Row>`SELECT person, sealed FROM memberships`) {
      const list = listIn(row);
      if (list?.includes(scope)) put(row.person, without(list, scope));
    }
  }

  /**
   * Stores the list of the person with this hash. An empty list is removed. A new row gets a random
   * number. If rows were numbered one after the other, the numbers would show which row of `people`
   * is the same person's. The number has 53 bits, sign included, because Node 26 refuses longer
   * ones.
   */
  function put(hash: string, scopes: readonly ScopeId[]): void {
    if (scopes.length === 0) {
      sql.run`DELETE FROM memberships WHERE person = ${hash}`;
      return;
    }
    const sealed = seal(keys.memberships, padded(JSON.stringify(scopes)), membershipsContext(hash));
    sql.run`INSERT INTO memberships (n, person, sealed) VALUES (random() >> 11, ${hash}, ${sealed})
      ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed`;
  }

  return { of, add, remove, removeScope };
}

export type Memberships = ReturnType<typeof membershipsTable>;

function without(scopes: readonly ScopeId[], scope: ScopeId): ScopeId[] {
  return scopes.filter((other) => other !== scope);
}

/** The JSON with spaces at its end, which change nothing when it is parsed. */
function padded(json: string): string {
  return json.padEnd(Math.ceil(json.length / PADDED_TO) * PADDED_TO);
}
