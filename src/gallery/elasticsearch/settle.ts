import { isDeepStrictEqual } from 'node:util';
import type { LedgerEntry } from '../../consent/ledger.ts';
import type { Owed } from './ledger.ts';
import { isLiving, type LivingRecord, type PersonRecord, type Rival } from './life.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';

/**
 * Finishes what changes of living people's records leave to do. A change is one write of a record.
 * After it, entries in the ledger, the marks of the vectors and the list of groups are written.
 * That may be interrupted at any point. Then the next reader of the record finishes it, so that
 * nobody sees a change without its entry. Every step may be done twice. Erasures are not finished
 * here, because what an erasure removed is reported only to the caller who asked for it.
 */
export function settlerOf({ records, memberships, ledger, faces }: Parts) {
  /** Reads the record, does what is left to do, and gives the record as it is then. */
  async function settle(scope: OpenScope, id: string): Promise<PersonRecord> {
    return await settled(scope, await records.one(scope, id));
  }

  /** Does what is left to do for a record that was just read, and gives it as it is then. */
  async function settled(scope: OpenScope, record: PersonRecord): Promise<PersonRecord> {
    const { id } = record;
    if (!isLiving(record) || !isDue(record)) return record;
    const { owed, marks } = record.life;
    const [paid] = await Promise.all([pay(scope, owed), mark(scope, record), list(scope, record)]);
    const latest = await records.change(scope, id, (now) => {
      if (!now.life || now.epoch !== record.epoch) return undefined;
      const left = now.life.owed.filter((debt) => !owed.some((done) => isDeepStrictEqual(debt, done)));
      const lastSeq = Math.max(now.life.lastSeq, paid?.seq ?? -1);
      const marked = Math.max(marks, now.life.marked);
      return { ...now, life: { ...now.life, owed: left, lastSeq, marked, listed: true } };
    });
    // If the person was erased meanwhile, the life may have been added to the list of groups after
    // the erasure removed it there.
    if (latest.epoch !== record.epoch)
      await memberships.remove(memberships.idOf(record.life.person), { record: id, epoch: record.epoch });
    return latest;
  }

  async function mark(scope: OpenScope, record: LivingRecord): Promise<void> {
    const { marks, marked, templates, agreed } = record.life;
    if (marks === marked) return;
    const hidden = (await disputed(scope, [record])).has(record.id);
    await faces.mark(scope, templates, hidden ? null : (agreed.enrol?.version ?? null));
  }

  async function list(scope: OpenScope, record: LivingRecord): Promise<void> {
    if (!record.life.listed) await memberships.add(scope.id, [record]);
  }

  async function pay(scope: OpenScope, owed: readonly Owed[]): Promise<LedgerEntry | undefined> {
    let last: LedgerEntry | undefined;
    for (const debt of owed) last = await ledger.append(scope.id, debt);
    return last;
  }

  /**
   * Ends a person's dispute with somebody who was erased or has lost, so that it no longer hides
   * the person.
   */
  async function lift(scope: OpenScope, id: string, erased: string): Promise<void> {
    await records.change(scope, id, (now) => {
      if (!now.life?.rivals.some(({ record }) => record === erased)) return undefined;
      const rivals = now.life.rivals.filter(({ record }) => record !== erased);
      return { ...now, life: { ...now.life, rivals, marks: now.life.marks + 1 } };
    });
    await settle(scope, id);
  }

  /**
   * The ids of the records of those `people` who challenge a holder in an open dispute, so that
   * their templates are hidden. A dispute without sides hides both people.
   */
  async function disputed(scope: OpenScope, people: readonly LivingRecord[]): Promise<Set<string>> {
    const open = await openRivals(scope, people);
    return new Set(
      people.filter(({ id }) => open.get(id)?.some(({ side }) => side !== 'challenger')).map(({ id }) => id),
    );
  }

  /** The rivals in each person's open disputes, by the id of the person's record. */
  async function openRivals(
    scope: OpenScope,
    people: readonly LivingRecord[],
  ): Promise<ReadonlyMap<string, readonly Rival[]>> {
    const rivals = await records.read(
      scope,
      people.flatMap(({ life }) => life.rivals.map(({ record }) => record)),
    );
    const isOpen = (person: LivingRecord, { record, epoch }: Rival) => {
      const rival = rivals.get(record);
      const answers = rival?.life?.rivals.some((back) => back.record === person.id && back.epoch === person.epoch);
      return rival?.epoch === epoch && answers === true;
    };
    return new Map(people.map((person) => [person.id, person.life.rivals.filter((rival) => isOpen(person, rival))]));
  }

  return { settle, settled, lift, disputed, openRivals };
}

export type Settler = ReturnType<typeof settlerOf>;

function isDue({ life }: LivingRecord): boolean {
  return life.owed.length > 0 || !life.listed || life.marks !== life.marked;
}
