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
  /** Runs in the one transaction that brings the file up to date. */
  readonly prepare?: (sql: Sql) => void;
  /** See {@link openSqliteFile}. */
  readonly rehearsal?: boolean;
}

/**
 * Opens a gallery's file with its tables, and brings it up to date.
 * @throws Cause `key_wrong` or `database_newer`, or Failure `unavailable` when it cannot be opened;
 * then nothing has changed
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
      // A damaged page may have lost a person's list, without which the person could not leave. So
      // each list is completed from the rows of people.
      if (isReindexed || taken < MEMBERSHIPS_SINCE) noteMemberships(tablesOf(sql, keys, pack));
      prepare?.(sql);
    },
  });
  return { file, tables: tablesOf(file.sql, keys, pack) };
}

/**
 * Throws when the name of a column has a flipped bit. SQLite trusts the names that it stored as
 * text. Only a query that names the column finds out.
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
  // Foreign keys and triggers have names of tables as text. Only a write reads them.
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
 * Completes the list of groups of every person. SQL alone cannot do that, because ids are sealed.
 */
function noteMemberships({ scopes, people, memberships }: Tables): void {
  for (const id of scopes.ids()) {
    const scope = scopes.open(id);
    for (const { person } of scope ? people.all(scope) : []) memberships.add(person, id);
  }
}
