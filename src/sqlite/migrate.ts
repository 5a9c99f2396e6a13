import type { DatabaseSync } from 'node:sqlite';
import { Cause } from '../cause.ts';

/**
 * Takes the steps that the database has not taken yet, inside the caller's transaction. Their
 * number is kept in the database's user_version. Gives how many steps it had taken before.
 * @throws Cause `database_newer` when it has taken steps that this facefinder does not know
 */
export function migrate(db: DatabaseSync, path: string, steps: readonly string[]): number {
  const taken = versionOf(db);
  if (taken > steps.length) {
    throw new Cause('database_newer', { where: `${path}, schema ${taken}; this facefinder knows ${steps.length}` });
  }
  for (const step of steps.slice(taken)) db.exec(step);
  db.exec(`PRAGMA user_version = ${steps.length}`);
  return taken;
}

/** The number of steps that the database has taken. */
export function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version);
}
