import type { Keys } from '../../secrets/keys.ts';
import { openSqliteFile, type Sql, type SqliteFile } from '../../sqlite/file.ts';
import type { PackVersion } from '../gallery.ts';
import { checkKey } from './meta.ts';
import { rightNames } from './names.ts';
import { MEMBERSHIPS_SINCE, STEPS } from './schema.ts';
import { type Tables, tablesOf } from './tables.ts';

interface Options {
  readonly path: string;
  readonly keys: Keys;
  readonly pack: PackVersion;
  /** Runs in one transaction with all that updates the file. */
  readonly prepare?: (sql: Sql) => void;
  /** See {@link openSqliteFile}. */
  readonly rehearsal?: boolean;
}

/**
 * A gallery's file with its tables, brought up to date.
 * @throws without a change, Cause `key_wrong` or `database_newer`, or Failure `unavailable` when it
 * cannot be opened
 */
export async function openGalleryFile({
  path,
  keys,
  pack,
  prepare,
  rehearsal = false,
}: Options): Promise<{ readonly file: SqliteFile; readonly tables: Tables }> {
  const file = await openSqliteFile({
    path,
    steps: STEPS,
    rehearsal,
    isExamined: true,
    prepare: (sql, taken, isReindexed) => {
      assertColumns(sql);
      checkKey(sql, keys, path);
      if (isReindexed) rightNames(sql, keys);
      // A damaged page may have lost a person's list, and that must not keep the person from
      // leaving. So the lists are completed from the people.
      if (isReindexed || taken < MEMBERSHIPS_SINCE) noteMemberships(tablesOf(sql, keys, pack));
      prepare?.(sql);
    },
  });
  return { file, tables: tablesOf(file.sql, keys, pack) };
}

/**
 * SQLite stores column names as text and trusts them. Only a query by name finds one with a flipped
 * bit.
 */
function assertColumns(sql: Sql): void {
  sql.get`SELECT name, value FROM meta`;
  sql.get`SELECT id, key, head, revision, erasures FROM scopes`;
  sql.get`SELECT n, place, scope, sealed FROM places`;
  sql.get`SELECT n, scope, person, alerts, notice, sealed, changed FROM people`;
  sql.get`SELECT id, person, pack, enrolled_at, sealed FROM templates`;
  sql.get`SELECT one, other FROM disputes`;
  sql.get`SELECT id, found, finder, kind, at, ask FROM finds`;
  sql.get`SELECT person, epoch, at FROM tombstones`;
  sql.get`SELECT scope, seq, at, subject, event, previous, hash FROM ledger`;
  sql.get`SELECT n, person, sealed FROM memberships`;
  // Foreign keys and triggers also name tables in text, which only a write reads.
  sql.run`DELETE FROM scopes WHERE 0`;
  sql.run`DELETE FROM people WHERE 0`;
  sql.run`DELETE FROM templates WHERE 0`;
  sql.run`DELETE FROM ledger WHERE 0`;
  sql.run`UPDATE ledger SET seq = seq WHERE 0`;
  sql.run`INSERT INTO ledger SELECT * FROM ledger WHERE 0`;
  sql.run`INSERT INTO scopes SELECT * FROM scopes WHERE 0`;
  sql.run`INSERT INTO tombstones SELECT * FROM tombstones WHERE 0`;
  sql.run`INSERT INTO memberships SELECT * FROM memberships WHERE 0`;
  sql.run`INSERT INTO places SELECT * FROM places WHERE 0`;
  sql.run`INSERT INTO people SELECT * FROM people WHERE 0`;
  sql.run`INSERT INTO templates SELECT * FROM templates WHERE 0`;
  sql.run`INSERT INTO disputes SELECT * FROM disputes WHERE 0`;
  sql.run`INSERT INTO finds SELECT * FROM finds WHERE 0`;
}

/** Completes everybody's list of groups. SQL alone cannot do this, because ids are sealed. */
function noteMemberships({ scopes, people, memberships }: Tables): void {
  for (const id of scopes.ids()) {
    const scope = scopes.open(id);
    for (const { person } of scope ? people.all(scope) : []) memberships.add(person, id);
  }
}
