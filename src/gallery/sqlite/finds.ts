import type { Sql } from '../../sqlite/file.ts';
import type { FoundBy } from '../gallery.ts';
import { findHash } from '../rules/identity.ts';
import type { Held, People } from './people.ts';
import type { OpenScope } from './scopes.ts';

interface Find {
  readonly kind: FoundBy['kind'];
  readonly at: number;
  readonly ask: string | undefined;
}

/**
 * The search log: who found whom, and who tried to enrol whose face. A line names people by the
 * numbers of their rows in `people`. Every function runs inside a transaction.
 */
export function findsTable(sql: Sql, people: People) {
  /**
   * Adds a line; `finder` is undefined for a finder without data. False when there is already a
   * line of this kind about this person and this ask.
   */
  function add(scope: OpenScope, found: Held, finder: Held | undefined, { kind, at, ask }: Find): boolean {
    const once = ask === undefined ? null : findHash(scope, kind, ask, String(found.n));
    const { changes } = sql.run`INSERT INTO finds (found, finder, kind, at, ask)
      VALUES (${found.n}, ${finder?.n ?? null}, ${kind}, ${at}, ${once}) ON CONFLICT (ask) DO NOTHING`;
    return Number(changes) > 0;
  }

  /** The lines about a person, latest first. */
  function of(scope: OpenScope, { n }: Held): FoundBy[] {
    const rows = sql.all<{
      at: number;
      kind: FoundBy['kind'];
      finder: number | null;
    }>`SELECT at, kind, finder FROM finds WHERE found = ${n} ORDER BY at DESC, id DESC`;
    return rows.map((row) => {
      const finder = row.kind === 'enrol' || row.finder === null ? undefined : people.byNumber(scope, row.finder);
      return { at: row.at, kind: row.kind, ...(finder && { finder: finder.person.name }) };
    });
  }

  /**
   * The times after `since` of attempts to enrol somebody else's face. `found`: attempts at this
   * person's face. `finder`: attempts by this person.
   */
  function attempts(column: 'found' | 'finder', { n }: Held, since: number): number[] {
    const rows =
      column === 'found'
        ? sql.all<{ at: number }>`SELECT at FROM finds WHERE kind = 'enrol' AND at > ${since} AND found = ${n}`
        : sql.all<{ at: number }>`SELECT at FROM finds WHERE kind = 'enrol' AND at > ${since} AND finder = ${n}`;
    return rows.map(({ at }) => at);
  }

  /** The number of all attempts to enrol somebody else's face, in all scopes. */
  function allAttempts(): number {
    return sql.get<{ n: number }>`SELECT count(*) AS n FROM finds WHERE kind = 'enrol'`?.n ?? 0;
  }

  /**
   * Removes the lines about this person, and removes the person as finder from other lines. Gives
   * the number of each.
   */
  function removeOf(n: number): { finds: number; findsByThem: number } {
    const finds = Number(sql.run`DELETE FROM finds WHERE found = ${n}`.changes);
    const findsByThem = Number(sql.run`UPDATE finds SET finder = NULL WHERE finder = ${n}`.changes);
    return { finds, findsByThem };
  }

  function removeBefore(at: number): void {
    sql.run`DELETE FROM finds WHERE at < ${at}`;
  }

  return { add, of, attempts, allAttempts, removeOf, removeBefore };
}

export type Finds = ReturnType<typeof findsTable>;
