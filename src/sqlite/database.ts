import { DatabaseSync } from 'node:sqlite';

/**
 * The file with the settings that every connection must have: a commit is on disk when it is told,
 * deleted rows are overwritten with zeros, and nothing is written to temporary files. `blockingMs`:
 * how long SQLite blocks the thread while others write.
 */
export function openDatabase(path: string, blockingMs: number): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: blockingMs, enableForeignKeyConstraints: true });
  try {
    // The size of pages is for new files alone: a scrub of large ones takes a third of the time.
    db.exec(`
      PRAGMA page_size = 16384;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA secure_delete = ON;
      PRAGMA temp_store = MEMORY;
      PRAGMA trusted_schema = OFF;
    `);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
