import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Cause } from '../../cause.ts';
import { sqliteCause } from '../../explain/codes.ts';
import { Failure } from '../../failure.ts';
import type { Pending, PendingItem } from '../pending.ts';

/**
 * Each entry lifts the file by one `user_version`. No WITHOUT ROWID: its pages keep remnants of deleted rows in spite of
 * secure_delete (28 of 30 trials with 400 rows of mixed sizes; none with rowids).
 */
const MIGRATIONS = [
  `CREATE TABLE pending (
     shelf TEXT NOT NULL,
     id TEXT NOT NULL,
     owner TEXT NOT NULL,
     body TEXT NOT NULL,
     expires_at INTEGER NOT NULL,
     PRIMARY KEY (shelf, id)
   ) STRICT;
   CREATE INDEX pending_owner ON pending (owner);`,
];

const ITEM = 'id, owner, body, expires_at AS expiresAt';

/**
 * Opens or makes the shelves of the embedded mode in a SQLite file of their own (mode 0600, its folder is made 0700).
 * Throws `unavailable` when the file cannot be opened or was written by a newer version.
 */
export function openSqlitePending({ file }: { readonly file: string }): Pending {
  const translated = translating(file);
  const db = translated(() => open(file));
  // A process that was killed may have removed what it did not scrub any more.
  translated(() => scrub(db));
  const put = db.prepare('INSERT OR REPLACE INTO pending (shelf, id, owner, body, expires_at) VALUES (?, ?, ?, ?, ?)');
  const add = db.prepare(
    `INSERT INTO pending (shelf, id, owner, body, expires_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (shelf, id) DO UPDATE SET owner = excluded.owner, body = excluded.body, expires_at = excluded.expires_at
     WHERE pending.expires_at <= ?`,
  );
  const take = db.prepare(
    `DELETE FROM pending WHERE shelf = ? AND id = ? AND owner = ? AND expires_at > ? RETURNING ${ITEM}`,
  );
  const replace = db.prepare(
    'UPDATE pending SET owner = ?, body = ?, expires_at = ? WHERE shelf = ? AND id = ? AND owner = ? AND body = ? AND expires_at = ?',
  );
  const read = db.prepare(`SELECT ${ITEM} FROM pending WHERE shelf = ? AND id = ? AND expires_at > ?`);
  const drop = db.prepare('DELETE FROM pending WHERE shelf = ? AND id = ?');
  const list = db.prepare(`SELECT ${ITEM} FROM pending WHERE shelf = ? ORDER BY expires_at`);
  const dropOwned = db.prepare("DELETE FROM pending WHERE owner = ? AND shelf <> 'erasure'");
  const tidy = db.prepare("DELETE FROM pending WHERE shelf IN ('parked', 'awaiting', 'presence') AND expires_at <= ?");

  const readItem = (shelf: string, id: string) => read.get(shelf, id, Date.now()) as PendingItem | undefined;

  return {
    put: async (shelf, item) => {
      translated(() => put.run(shelf, item.id, item.owner, item.body, item.expiresAt));
    },
    add: async (shelf, { id, owner, body, expiresAt }) =>
      translated(() => Number(add.run(shelf, id, owner, body, expiresAt, Date.now()).changes) === 1),
    take: async (shelf, id, owner) =>
      translated(() => {
        const taken = take.get(shelf, id, owner, Date.now()) as PendingItem | undefined;
        return taken ?? (readItem(shelf, id) && 'not_yours');
      }),
    replace: async (shelf, { owner, body, expiresAt }, before) =>
      translated(() => {
        const values = [owner, body, expiresAt, shelf, before.id, before.owner, before.body, before.expiresAt];
        return Number(replace.run(...values).changes) === 1;
      }),
    read: async (shelf, id) => translated(() => readItem(shelf, id)),
    drop: async (shelf, id) => {
      translated(() => drop.run(shelf, id));
    },
    list: async (shelf) => translated(() => list.all(shelf) as unknown as PendingItem[]),
    dropOwned: async (owner) => translated(() => Number(dropOwned.run(owner).changes)),
    tidy: async (now) => {
      translated(() => tidy.run(now));
    },
    // A file does not forget.
    memory: async () => 'file',
    scrub: async () => translated(() => scrub(db)),
    async [Symbol.asyncDispose]() {
      if (db.isOpen) db.close();
    },
  };
}

function open(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // SQLite gives its -wal and -shm files the mode of the database.
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const db = new DatabaseSync(file);
  db.exec(`
    PRAGMA busy_timeout = 1000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA temp_store = MEMORY;
  `);
  migrate(db);
  return db;
}

function migrate(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE');
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (version > MIGRATIONS.length) {
    throw new Cause('database_newer', {
      where: `pending.db, schema ${version}; this facefinder knows ${MIGRATIONS.length}`,
    });
  }
  for (const step of MIGRATIONS.slice(version)) db.exec(step);
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
}

/** Rewrites the small file from its living rows, then empties the write-ahead log; false when somebody else is using either. */
function scrub(db: DatabaseSync): boolean {
  try {
    db.exec('VACUUM');
    return db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0;
  } catch (cause) {
    if (isBusy(cause)) return false;
    throw cause;
  }
}

/** SQLITE_BUSY (5) and SQLITE_LOCKED (6), https://www.sqlite.org/rescode.html; extended codes keep them in the low byte. */
function isBusy(cause: unknown): boolean {
  if (!(cause instanceof Error && 'errcode' in cause)) return false;
  return [5, 6].includes(Number(cause.errcode) & 0xff);
}

function translating(file: string) {
  return <T>(run: () => T): T => {
    try {
      return run();
    } catch (cause) {
      throw new Failure('unavailable', { cause: sqliteCause(cause, file) ?? cause });
    }
  };
}
