import type { Sql } from '../../sqlite/file.ts';
import type { Dispute } from '../gallery.ts';

/**
 * The open disputes, one in each row of the table. A row's `one` is the number of the challenger's
 * row in `people`, its `other` the number of the holder's. Every function runs inside a
 * transaction.
 */
export function disputesTable(sql: Sql) {
  /** Opens a dispute, which hides the challenger's templates from searches until {@link settle}. */
  function open(challenger: number, holder: number): void {
    sql.run`INSERT OR IGNORE INTO disputes (one, other) VALUES (${challenger}, ${holder})`;
  }

  function hides(n: number): boolean {
    return sql.get`SELECT 1 FROM disputes WHERE one = ${n}` !== undefined;
  }

  function challenges(challenger: number, holder: number): boolean {
    return sql.get`SELECT 1 FROM disputes WHERE one = ${challenger} AND other = ${holder}` !== undefined;
  }

  function sideOf(n: number): keyof Dispute | undefined {
    if (hides(n)) return 'challenger';
    return sql.get`SELECT 1 FROM disputes WHERE other = ${n}` ? 'holder' : undefined;
  }

  /** Ends all disputes of this person, and gives the other people in them. */
  function settle(n: number): { readonly n: number }[] {
    const rivals = sql.all<{
      n: number;
    }>`SELECT iif(one = ${n}, other, one) AS n FROM disputes WHERE one = ${n} OR other = ${n}`;
    sql.run`DELETE FROM disputes WHERE one = ${n} OR other = ${n}`;
    return rivals;
  }

  function all(): { readonly challenger: number; readonly holder: number }[] {
    return sql.all`SELECT one AS challenger, other AS holder FROM disputes ORDER BY rowid`;
  }

  return { open, hides, challenges, sideOf, settle, all };
}

export type Disputes = ReturnType<typeof disputesTable>;
