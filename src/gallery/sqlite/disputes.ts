import type { Sql } from '../../sqlite/file.ts';

/** Open disputes about a face, between two rows of `people`. Every function runs inside a transaction. */
export function disputesTable(sql: Sql) {
  /** Hides all templates of two people from searches, until {@link settle}. */
  function open(one: number, other: number): void {
    sql.run`INSERT OR IGNORE INTO disputes (one, other) VALUES (${Math.min(one, other)}, ${Math.max(one, other)})`;
  }

  function has(n: number): boolean {
    return (
      sql.get`SELECT 1 FROM disputes WHERE one = ${n} UNION ALL SELECT 1 FROM disputes WHERE other = ${n}` !== undefined
    );
  }

  /** Lifts every dispute with this person; gives the others. */
  function settle(n: number): { readonly n: number }[] {
    const rivals = sql.all`SELECT iif(one = ${n}, other, one) AS n FROM disputes WHERE one = ${n} OR other = ${n}`;
    sql.run`DELETE FROM disputes WHERE one = ${n} OR other = ${n}`;
    return rivals as { n: number }[];
  }

  return { open, has, settle };
}

export type Disputes = ReturnType<typeof disputesTable>;
