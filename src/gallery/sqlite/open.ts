import type { Keys } from '../../secrets/keys.ts';
import { openSqliteFile, type Sql, type SqliteFile } from '../../sqlite/file.ts';
import type { PackVersion } from '../gallery.ts';
import { checkKey } from './meta.ts';
import { MEMBERSHIPS_SINCE, STEPS } from './schema.ts';
import { type Tables, tablesOf } from './tables.ts';

interface Options {
  readonly path: string;
  readonly keys: Keys;
  readonly pack: PackVersion;
  /** In one transaction with all that brings the file up to date. */
  readonly prepare?: (sql: Sql) => void;
  /** As for {@link openSqliteFile}. */
  readonly rehearsal?: boolean;
}

/**
 * A gallery's file with its tables, brought up to date.
 * @throws Cause `key_wrong` or `database_newer`, Failure `unavailable` when it cannot be opened; it is
 * unharmed then.
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
    prepare: (sql, taken) => {
      checkKey(sql, keys, path);
      if (taken < MEMBERSHIPS_SINCE) noteMemberships(tablesOf(sql, keys, pack));
      prepare?.(sql);
    },
  });
  return { file, tables: tablesOf(file.sql, keys, pack) };
}

/** What a step in SQL cannot do: ids are sealed. */
function noteMemberships({ scopes, people, memberships }: Tables): void {
  for (const id of scopes.ids()) {
    const scope = scopes.open(id);
    for (const { person } of scope ? people.all(scope) : []) memberships.add(person, id);
  }
}
