import { subjectOf } from '../../consent/ledger.ts';
import { nothingHeld } from '../../consent/standing.ts';
import type { Person, ScopeId } from '../../consent/who.ts';
import type { SqliteFile } from '../../sqlite/file.ts';
import type { Erasure, ErasureReason, Tombstone } from '../erasure.ts';
import type { Gallery } from '../gallery.ts';
import { erasure, erasureReport } from '../rules/erase.ts';
import { newSalt } from '../rules/identity.ts';
import type { Consents } from './consents.ts';
import type { Tables } from './tables.ts';
import { uproot } from './uproot.ts';

/** What {@link uproot} would give for a person whose row is lost. */
const NOTHING_LEFT = { removed: { templates: 0, people: 0, finds: 0, findsByThem: 0 }, rivals: [] } as const;

/** Erases people from every table, and counts the rows that are left of a person. */
export function eraser(
  { sql, read, write }: SqliteFile,
  tables: Tables,
  consents: Consents,
): Pick<Gallery, 'erase' | 'eraseAgain' | 'remaining'> {
  const { scopes, ledger, tombstones, memberships, people } = tables;

  /**
   * Erases a person. It finds the row by a keyed hash, so neither the row nor the scope's key need
   * be readable. The entry about an unreadable or lost row has a random subject. A damaged page of
   * the file may have lost the row. Then the person still counts as held if their list of groups
   * names this scope.
   */
  function erase(
    id: ScopeId,
    person: Person,
    reason: ErasureReason,
    now: number,
    which: Parameters<typeof erasure>[3],
  ): Erasure | undefined {
    const scope = scopes.readable(id);
    const n = people.numberOf(id, person);
    const isHeld = n !== undefined || memberships.of(person).includes(id);
    const life = scope ? consents.standing(scope, person) : nothingHeld(tombstones.epoch(id, person));
    const decided = isHeld && erasure(life, reason, now, which);
    if (!decided) return undefined;
    removeOrphans();
    const subject = (scope && people.find(scope, person)?.subject) ?? subjectOf(newSalt(), person);
    const { removed, rivals } = n === undefined ? NOTHING_LEFT : uproot(tables, n);
    memberships.remove(person, id);
    tombstones.put(id, person, decided.epoch, now);
    const entry = scope
      ? ledger.append(scope, subject, decided.event, now)
      : ledger.appendUnsealed(id, subject, decided.event, now);
    scopes.touch(id, rivals);
    scopes.noteErasure(id);
    return erasureReport(id, subject, decided, removed, entry);
  }

  /**
   * Removes rows that refer to a person whose row in `people` is missing, because a damaged page of
   * the file lost it. {@link remaining} would count them for every person.
   */
  function removeOrphans(): void {
    sql.run`DELETE FROM templates WHERE person NOT IN (SELECT n FROM people)`;
    sql.run`DELETE FROM finds WHERE found NOT IN (SELECT n FROM people)`;
    sql.run`UPDATE finds SET finder = NULL WHERE finder NOT IN (SELECT n FROM people)`;
    sql.run`DELETE FROM disputes WHERE one NOT IN (SELECT n FROM people) OR other NOT IN (SELECT n FROM people)`;
  }

  /** Counts the person's rows, and all rows that refer to a missing row in `people`. */
  function remaining(id: ScopeId, person: Person): number {
    const n = people.numberOf(id, person) ?? 0;
    const { rows } = sql.get`SELECT
      (SELECT count(*) FROM people WHERE n = ${n})
      + (SELECT count(*) FROM templates WHERE person = ${n} OR person NOT IN (SELECT n FROM people))
      + (SELECT count(*) FROM finds WHERE found = ${n} OR finder = ${n}
          OR found NOT IN (SELECT n FROM people) OR finder NOT IN (SELECT n FROM people))
      + (SELECT count(*) FROM disputes WHERE one = ${n} OR other = ${n}) AS rows` as { rows: number };
    return rows + (memberships.of(person).includes(id) ? 1 : 0);
  }

  /**
   * Erases the people of a scope whose epoch is lower than that of their tombstone in `known`. When
   * the scope's key is unreadable, it erases nobody, because nothing tells who the people are. No
   * search finds them.
   */
  async function eraseOld(id: ScopeId, known: ReadonlyMap<string, Tombstone>, now: number): Promise<number> {
    const old = await read(() => {
      const scope = scopes.readable(id);
      return (scope ? people.all(scope) : []).flatMap(({ person, epoch }) => {
        const until = known.get(tombstones.hashOf(id, person))?.epoch ?? 0;
        return epoch < until ? [{ person, until }] : [];
      });
    });
    if (old.length === 0) return 0;
    const erased = await write(() => old.map(({ person, until }) => erase(id, person, 'again', now, { until })));
    return erased.filter(Boolean).length;
  }

  return {
    async eraseAgain(erasures, now) {
      const known = new Map(erasures.map((one) => [one.hash, one]));
      const kept = new Map((await read(() => tombstones.all())).map(({ hash, epoch }) => [hash, epoch]));
      const unknown = erasures.filter(({ hash, epoch }) => (kept.get(hash) ?? 0) < epoch);
      if (unknown.length > 0) await write(() => unknown.forEach(tombstones.raise));
      let erased = 0;
      for (const id of known.size === 0 ? [] : await read(() => scopes.ids())) erased += await eraseOld(id, known, now);
      return erased;
    },

    async erase(id, person, reason, now, { epoch, onErased } = {}) {
      const erased = await write(() => erase(id, person, reason, now, { only: epoch }));
      if (erased) await onErased?.(erased);
      return erased;
    },
    remaining: (id, person) => read(() => remaining(id, person)),
  };
}
