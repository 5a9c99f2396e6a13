import type { Person } from '../../consent/who.ts';
import type { Erasure, ErasureReason } from '../gallery.ts';
import { erasure, erasureReport } from '../rules/erase.ts';
import type { Connection } from './connection.ts';
import type { OpenScope } from './scopes.ts';
import type { Tables } from './tables.ts';

/** Taking a person out of every table, and counting what is left. Both run inside a transaction. */
export function eraser({ sql }: Connection, tables: Tables) {
  const { scopes, ledger, tombstones, people, templates, finds } = tables;

  function erase(
    scope: OpenScope,
    person: Person,
    reason: ErasureReason,
    now: number,
    epoch: number | undefined,
  ): Erasure | undefined {
    const held = people.find(scope, person);
    const decided = held && erasure(people.standingOf(scope, held), reason, now, epoch);
    if (!decided) return undefined;
    templates.settle(held.n);
    const removed = {
      templates: templates.removeOf(held.n),
      ...finds.removeOf(held),
      people: Number(sql.run`DELETE FROM people WHERE n = ${held.n}`.changes),
    };
    tombstones.put(scope.id, person, decided.epoch, now);
    const entry = ledger.append(scope, held.subject, decided.event, now);
    scopes.touch(scope.id);
    return erasureReport(scope.id, held.subject, decided, removed, entry);
  }

  /** Rows of this person, and rows that hang on people who are gone. */
  function remaining(scope: OpenScope, person: Person): number {
    const held = people.find(scope, person);
    const n = held?.n ?? 0;
    const row = sql.get`SELECT
      (SELECT count(*) FROM people WHERE n = ${n})
      + (SELECT count(*) FROM templates WHERE person = ${n} OR person NOT IN (SELECT n FROM people))
      + (SELECT count(*) FROM finds WHERE found = ${n} OR finder = ${n}
          OR found NOT IN (SELECT n FROM people) OR finder NOT IN (SELECT n FROM people))
      + (SELECT count(*) FROM disputes WHERE one = ${n} OR other = ${n}) AS rows` as { rows: number };
    return row.rows;
  }

  return { erase, remaining };
}
