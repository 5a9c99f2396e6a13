import { causeOf } from '../../cause.ts';
import { type Ballast, ballastAt } from '../../sqlite/ballast.ts';
import { openSqliteFile, type SqliteFile } from '../../sqlite/file.ts';
import { isTimeless, type Pending, type PendingItem, type Shelf } from '../pending.ts';

/**
 * The steps from an empty file to today's schema. No table is WITHOUT ROWID: in the pages of such a
 * table, parts of deleted rows stay in spite of secure_delete.
 */
const STEPS = [
  `CREATE TABLE pending (
     shelf TEXT NOT NULL,
     id TEXT NOT NULL,
     owner TEXT NOT NULL,
     body TEXT NOT NULL,
     expires_at INTEGER NOT NULL,
     PRIMARY KEY (shelf, id)
   ) STRICT;
   CREATE INDEX pending_owner ON pending (owner);`,
  'CREATE INDEX pending_expiry ON pending (shelf, expires_at);',
];

/**
 * Opens or makes the SQLite file with the shelves of the embedded mode. Its mode is 0600, in a
 * folder of mode 0700.
 * @throws Failure `unavailable` when the file cannot be opened, Cause `database_newer` when a newer
 * facefinder wrote it
 */
export async function openSqlitePending({
  file: path,
  rehearsal = false,
}: {
  readonly file: string;
  /** Whether all writes are undone, as in a check. Then the file must exist. */
  readonly rehearsal?: boolean;
}): Promise<Pending> {
  // If a page cannot be read, only the items on that page are lost. The others are still served.
  const file = await openSqliteFile({ path, steps: STEPS, rehearsal, isExamined: true, isServedDamaged: true });
  try {
    // A process that was killed may have removed rows without scrubbing their bytes.
    if (!rehearsal) await file.scrub();
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
  return pendingIn(file, ballastAt(`${path}-ballast`));
}

/**
 * Checks that an item can be written to an existing file, and undoes the write. Throws what
 * {@link openSqlitePending} throws, and throws when a page of the file is damaged.
 */
export async function rehearseSqlitePending(path: string): Promise<void> {
  await using pending = await openSqlitePending({ file: path, rehearsal: true });
  await pending.put('parked', { id: 'doctor', owner: 'doctor', body: '', expiresAt: Date.now() + 1_000 });
}

/** Does `write`. If the disk is full, it removes the ballast to free space, and tries once more. */
async function despiteFullDisk<T>(ballast: Ballast, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (causeOf(error)?.code !== 'disk_full' || !ballast.throwOff()) throw error;
    return await write();
  }
}

function pendingIn(file: SqliteFile, ballast: Ballast): Pending {
  const { sql, read, write } = file;

  /** Items of the shelf that expire by this time are hidden. On a timeless shelf none are. */
  const hidden = (shelf: Shelf) => (isTimeless(shelf) ? Number.NEGATIVE_INFINITY : Date.now());
  const readItem = (shelf: Shelf, id: string) =>
    sql.get`SELECT id, owner, body, CAST(expires_at AS REAL) AS expiresAt FROM pending
      WHERE shelf = ${shelf} AND id = ${id} AND expires_at > ${hidden(shelf)}` as PendingItem | undefined;

  return {
    async put(shelf, { id, owner, body, expiresAt }) {
      const put = () =>
        write(() => {
          sql.run`INSERT OR REPLACE INTO pending (shelf, id, owner, body, expires_at)
            VALUES (${shelf}, ${id}, ${owner}, ${body}, ${expiresAt})`;
        });
      await (shelf === 'erasure' ? despiteFullDisk(ballast, put) : put());
    },

    putBeside: (shelf, { id, owner, body, expiresAt }, beside) =>
      write(() => {
        const { changes } = sql.run`INSERT OR REPLACE INTO pending (shelf, id, owner, body, expires_at)
          SELECT ${shelf}, ${id}, ${owner}, ${body}, ${expiresAt}
          WHERE EXISTS (SELECT 1 FROM pending WHERE shelf = ${beside.shelf} AND id = ${beside.id})`;
        return Number(changes) > 0;
      }),

    add: (shelf, { id, owner, body, expiresAt }) =>
      write(() => {
        const { changes } = sql.run`INSERT INTO pending (shelf, id, owner, body, expires_at)
          VALUES (${shelf}, ${id}, ${owner}, ${body}, ${expiresAt})
          ON CONFLICT (shelf, id) DO UPDATE
            SET owner = excluded.owner, body = excluded.body, expires_at = excluded.expires_at
            WHERE pending.expires_at <= ${hidden(shelf)}`;
        return Number(changes) === 1;
      }),

    take: (shelf, id, owner) =>
      write(() => {
        const item = readItem(shelf, id);
        if (item && item.owner !== owner) return 'not_yours';
        if (item) sql.run`DELETE FROM pending WHERE shelf = ${shelf} AND id = ${id}`;
        return item;
      }),

    replace: (shelf, { owner, body, expiresAt }, before) =>
      write(() => {
        const { changes } = sql.run`UPDATE pending SET owner = ${owner}, body = ${body}, expires_at = ${expiresAt}
          WHERE shelf = ${shelf} AND id = ${before.id} AND owner = ${before.owner} AND body = ${before.body}
            AND CAST(expires_at AS REAL) = ${before.expiresAt}`;
        return Number(changes) === 1;
      }),

    read: (shelf, id) => read(() => readItem(shelf, id)),

    drop: (shelf, id) =>
      write(() => {
        sql.run`DELETE FROM pending WHERE shelf = ${shelf} AND id = ${id}`;
      }),

    list: (shelf, until = Number.POSITIVE_INFINITY) =>
      read(
        () =>
          sql.all<PendingItem>`SELECT id, owner, body, CAST(expires_at AS REAL) AS expiresAt FROM pending
            WHERE shelf = ${shelf} AND expires_at <= ${until} ORDER BY expires_at`,
      ),

    owned: (shelf, owner) =>
      read(
        () =>
          sql.all<PendingItem>`SELECT id, owner, body, CAST(expires_at AS REAL) AS expiresAt FROM pending
            WHERE owner = ${owner} AND shelf = ${shelf} ORDER BY expires_at`,
      ),

    dropOwned: (owner) =>
      write(() => Number(sql.run`DELETE FROM pending WHERE owner = ${owner} AND shelf <> 'erasure'`.changes)),

    async tidy(shelves, now) {
      await write(() => {
        for (const shelf of shelves) sql.run`DELETE FROM pending WHERE shelf = ${shelf} AND expires_at <= ${now}`;
      });
      ballast.layIn();
    },

    // A file does not lose its contents as Redis may, so the mark never changes.
    memory: async () => 'file',
    scrub: file.scrub,
    check: file.check,

    async [Symbol.asyncDispose]() {
      file[Symbol.dispose]();
    },
  };
}
