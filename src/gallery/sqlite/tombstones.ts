import type { Person, ScopeId } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Sql } from '../../sqlite/file.ts';
import type { Tombstone } from '../erasure.ts';
import { tombstoneHash } from '../rules/identity.ts';

/**
 * What stays after erasures: keyed hashes of people, each with the person's epoch since the
 * erasure. Work that began at an older epoch is void. Every function runs inside a transaction.
 */
export function tombstonesTable(sql: Sql, keys: Keys) {
  const hashOf = (scope: ScopeId, person: Person) => tombstoneHash(keys, scope, person);

  /** A person's epoch since the last erasure; 0 for somebody who was never erased here. */
  function epoch(scope: ScopeId, person: Person): number {
    const row = sql.get`SELECT epoch FROM tombstones WHERE person = ${hashOf(scope, person)}` as
      | { epoch: number }
      | undefined;
    return row?.epoch ?? 0;
  }

  function put(scope: ScopeId, person: Person, epoch: number, at: number): void {
    sql.run`INSERT INTO tombstones (person, epoch, at) VALUES (${hashOf(scope, person)}, ${epoch}, ${at})
      ON CONFLICT (person) DO UPDATE SET epoch = excluded.epoch, at = excluded.at`;
  }

  function all(): Tombstone[] {
    return sql.all<Tombstone>`SELECT person AS hash, epoch, at FROM tombstones`;
  }

  /**
   * Takes in a tombstone from elsewhere. It changes nothing if the stored epoch is as high or
   * higher.
   */
  function raise({ hash, epoch: raised, at }: Tombstone): void {
    sql.run`INSERT INTO tombstones (person, epoch, at) VALUES (${hash}, ${raised}, ${at})
      ON CONFLICT (person) DO UPDATE SET epoch = excluded.epoch, at = excluded.at WHERE excluded.epoch > epoch`;
  }

  function removeBefore(at: number): void {
    sql.run`DELETE FROM tombstones WHERE at < ${at}`;
  }

  return { hashOf, epoch, put, all, raise, removeBefore };
}

export type Tombstones = ReturnType<typeof tombstonesTable>;
