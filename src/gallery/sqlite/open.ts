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
  /** Runs at the end of the transaction that brings the file up to date. */
  readonly prepare?: (sql: Sql) => void;
  /** See {@link openSqliteFile}. */
  readonly rehearsal?: boolean;
}

/**
 * Opens a gallery's file, and brings its tables up to date.
 * @throws Cause `key_wrong` or `database_newer`, or Failure `unavailable` when the file cannot be
 * opened. Then nothing in the file has changed
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
      // An erasure from all groups finds the groups by the person's list of groups. A damaged page
      // of the file may have lost a list, and older files have none. So each list is completed from
      // the rows of people.
      if (isReindexed || taken < MEMBERSHIPS_SINCE) noteMemberships(tablesOf(sql, keys, pack));
      prepare?.(sql);
    },
  });
  return { file, tables: tablesOf(file.sql, keys, pack) };
}

/**
 * Throws when a flipped bit in the stored schema has changed the name of a column or table. SQLite
 * reads these names from text in the file, and trusts them. Only a statement that uses the true
 * name finds out.
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
  // The names of tables in foreign keys and triggers are used only by a write. These writes change
  // nothing.
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

/**
 * Adds each person's scope to the person's list of groups. SQL alone could not do this, because the
 * people's ids must be unsealed first.
 */
function noteMemberships({ scopes, people, memberships }: Tables): void {
  for (const id of scopes.ids()) {
    const scope = scopes.readable(id);
    for (const { person } of scope ? people.all(scope) : []) memberships.add(person, id);
  }
}
