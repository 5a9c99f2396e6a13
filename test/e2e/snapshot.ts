import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Where each value first occurs, as `<file> <table>.<column>`, by the value in latin1. */
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

/** Values in `after` but not in `before` that are too long to be a coincidence. */
export function newValues(before: Snapshot, after: Snapshot): { readonly where: string; readonly value: Buffer }[] {
  return [...after]
    .filter(([value]) => !before.has(value) && value.length >= 16)
    .map(([value, where]) => ({ where, value: Buffer.from(value, 'latin1') }));
}
