import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Maps each value, as latin1, to the place where it first occurs: `<file> <table>.<column>`. */
export type Snapshot = ReadonlyMap<string, string>;

/** Every text and blob of every table of every SQLite file in a folder, with any schema. */
export function snapshot(folder: string): Snapshot {
  const values = new Map<string, string>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.db'))) {
    using db = new DatabaseSync(join(folder, file), { readOnly: true });
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    for (const { name: table } of tables) {
      for (const row of db.prepare(`SELECT * FROM "${table}"`).all()) {
        for (const [column, value] of Object.entries(row)) {
          if (typeof value !== 'string' && !(value instanceof Uint8Array)) continue;
          const key = Buffer.from(value as Uint8Array).toString('latin1');
          if (!values.has(key)) values.set(key, `${file} ${table}.${column}`);
        }
      }
    }
  }
  return values;
}

/**
 * Values in `after` but not in `before`, of at least 16 bytes: shorter ones could occur elsewhere
 * by chance.
 */
export function newValues(before: Snapshot, after: Snapshot): { readonly where: string; readonly value: Buffer }[] {
  return [...after]
    .filter(([value]) => !before.has(value) && value.length >= 16)
    .map(([value, where]) => ({ where, value: Buffer.from(value, 'latin1') }));
}
