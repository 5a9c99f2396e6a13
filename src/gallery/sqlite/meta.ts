import { Cause } from '../../cause.ts';
import type { ScopeId } from '../../consent/who.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import { unsealRighted } from '../../secrets/righted.ts';
import { seal } from '../../secrets/seal.ts';
import type { Sql } from '../../sqlite/file.ts';
import { scopeContext } from '../rules/identity.ts';

/**
 * Checks that the database was made with `keys`, which must open the sealed note in the table
 * `meta`. A new database gets that note.
 * @throws Cause `key_wrong` when the database was made with other keys
 */
export function checkKey(sql: Sql, keys: Keys, path: string): void {
  const context = 'meta|key';
  sql.run`INSERT OR IGNORE INTO meta (name, value) VALUES ('key', ${seal(keys.wrap, 'facefinder', context)})`;
  const { value } = sql.get`SELECT value FROM meta WHERE name = 'key'` as { value: Uint8Array };
  if (unsealRighted(keys.wrap, value, context)) return;
  if (!opensSomeScope(sql, keys)) throw new Cause('key_wrong', { where: path });
  // The keys open a scope, so they are right. Only the note is damaged, and is written again.
  sql.run`UPDATE meta SET value = ${seal(keys.wrap, 'facefinder', context)} WHERE name = 'key'`;
}

function opensSomeScope(sql: Sql, keys: Keys): boolean {
  const rows = sql.all<{ id: ScopeId; key: Uint8Array }>`SELECT id, key FROM scopes`;
  return rows.some(({ id, key }) => unsealRighted(keys.wrap, key, scopeContext(id)) !== undefined);
}

/** Notes the pack that listeners use from now on. */
export function adoptPack(sql: Sql, id: string): void {
  sql.run`INSERT OR REPLACE INTO meta (name, value) VALUES ('pack', ${Buffer.from(id)})`;
}

/**
 * The id of the pack that was adopted last; undefined when no listener has used this gallery yet.
 */
export function adoptedPack(sql: Sql): string | undefined {
  return textOf(sql, 'pack');
}

/**
 * The gallery's id, which all its copies share, and no other gallery has. It is the id that the
 * gallery had in the store from which it was moved here, or else a keyed hash.
 */
export function galleryId(sql: Sql, keys: Keys): string {
  const told = textOf(sql, 'id');
  return told ?? keyedHash(keys.lookup, 'gallery', textOf(sql, 'key', 'base64') ?? '');
}

/**
 * Notes what another store says of the gallery that is moved here: its id, its listeners' pack, and
 * since when each version of the notice is in force.
 */
export function takeOver(
  sql: Sql,
  {
    id,
    pack,
    notices,
  }: {
    readonly id: string;
    readonly pack: string | undefined;
    readonly notices: readonly { readonly version: number; readonly since: number }[];
  },
): void {
  sql.run`INSERT OR REPLACE INTO meta (name, value) VALUES ('id', ${Buffer.from(id)})`;
  if (pack !== undefined) adoptPack(sql, pack);
  for (const { version, since } of notices) {
    sql.run`INSERT OR REPLACE INTO meta (name, value) VALUES (${`notice ${version}`}, ${Buffer.from(String(since))})`;
  }
}

export function witnessedSince(sql: Sql): number | undefined {
  const since = textOf(sql, 'witnessed');
  return since === undefined ? undefined : Number(since);
}

export function noteWitness(sql: Sql, at: number): void {
  sql.run`INSERT OR IGNORE INTO meta (name, value) VALUES ('witnessed', ${Buffer.from(String(at))})`;
}

function textOf(sql: Sql, name: string, encoding: 'utf8' | 'base64' = 'utf8'): string | undefined {
  const row = sql.get<{ value: Uint8Array }>`SELECT value FROM meta WHERE name = ${name}`;
  return row && Buffer.from(row.value).toString(encoding);
}

/**
 * When this gallery was first opened with this version of the notice, milliseconds since 1970. The
 * first call for a version notes `now`.
 */
export function noticeFirstSeen(sql: Sql, notice: number, now: number): number {
  const name = `notice ${notice}`;
  sql.run`INSERT OR IGNORE INTO meta (name, value) VALUES (${name}, ${Buffer.from(String(now))})`;
  const { value } = sql.get`SELECT value FROM meta WHERE name = ${name}` as { value: Uint8Array };
  return Number(Buffer.from(value).toString());
}
