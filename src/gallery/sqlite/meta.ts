import type { DatabaseSync } from 'node:sqlite';
import { Cause } from '../../cause.ts';
import type { Keys } from '../../secrets/keys.ts';
import { seal, unseal } from '../../secrets/seal.ts';
import type { Connection } from './connection.ts';

/** Makes sure that `keys` are those the database was made with; remembers them in a new one. Throws saying what to do. */
export function checkKey(db: DatabaseSync, keys: Keys): void {
  const context = 'meta|key';
  db.prepare('INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)').run(
    'key',
    seal(keys.wrap, 'facefinder', context),
  );
  const { value } = db.prepare('SELECT value FROM meta WHERE name = ?').get('key') as { value: Uint8Array };
  try {
    unseal(keys.wrap, value, context);
  } catch (cause) {
    throw new Cause('key_wrong', { where: 'gallery.db', cause });
  }
}

/** The pack that whoever listens works with from now on. */
export function adoptPack({ sql }: Connection, id: string): void {
  sql.run`INSERT OR REPLACE INTO meta (name, value) VALUES ('pack', ${Buffer.from(id)})`;
}

/** The pack adopted last; undefined before anybody listened. */
export function adoptedPack({ sql }: Connection): string | undefined {
  const row = sql.get`SELECT value FROM meta WHERE name = 'pack'` as { value: Uint8Array } | undefined;
  return row && Buffer.from(row.value).toString();
}

/** When this store first saw version `notice` of the notice in force, milliseconds since 1970; remembers `now` at first sight. */
export function noticeFirstSeen(db: DatabaseSync, notice: number, now: number): number {
  const name = `notice ${notice}`;
  db.prepare('INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)').run(name, Buffer.from(String(now)));
  const { value } = db.prepare('SELECT value FROM meta WHERE name = ?').get(name) as { value: Uint8Array };
  return Number(Buffer.from(value).toString());
}
