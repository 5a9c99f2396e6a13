import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { STEPS } from '../../src/gallery/sqlite/schema.ts';

/** Leaves the data as after a regular end, without a write-ahead log. */
export async function closed(dataDir: string): Promise<void> {
  for (const name of ['gallery.db-wal', 'gallery.db-shm']) await rm(join(dataDir, name), { force: true });
}

/** Leaves the data as after a kill, with a write-ahead log. */
export async function killed(dataDir: string): Promise<void> {
  await closed(dataDir);
  await writeFile(join(dataDir, 'gallery.db-wal'), '');
}

export function change(dataDir: string, file: string, sql: string): void {
  using db = new DatabaseSync(join(dataDir, file));
  db.exec(sql);
}

/** Overwrites the first page of a table. */
export async function damageTable(dataDir: string, table: string): Promise<void> {
  const path = join(dataDir, 'gallery.db');
  const { page, size } = whereIs(path, table);
  const handle = await open(path, 'r+');
  await handle.write(Buffer.alloc(size, 0x5a), 0, size, (page - 1) * size);
  await handle.close();
}

function whereIs(path: string, table: string): { page: number; size: number } {
  using db = new DatabaseSync(path);
  const { rootpage } = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table) ?? {};
  return { page: Number(rootpage), size: Number(db.prepare('PRAGMA page_size').get()?.page_size) };
}

/** Takes back what the last three steps of the schema added. */
export const OLDER = `
  ALTER TABLE scopes DROP COLUMN settings;
  DROP INDEX people_by_change;
  ALTER TABLE people DROP COLUMN changed;
  ALTER TABLE scopes DROP COLUMN erasures;
  PRAGMA user_version = ${STEPS.length - 3}`;
