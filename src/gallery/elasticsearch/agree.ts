import type { Agreement, Purpose, Standing } from '../../consent/consent.ts';
import { UNREADABLE } from '../../consent/ledger.ts';
import { afterEvent } from '../../consent/standing.ts';
import type { Person } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import { changesSearch, agree as decideAgreement } from '../rules/agree.ts';
import type { Owed } from './ledger.ts';
import { newLife, type PersonRecord, standingOf, subjectIn } from './life.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';
import type { Settler } from './settle.ts';

/** Makes {@link Gallery.agree}. Someone's first agreement begins a life at the record's epoch. */
export function agreeing({ pack, records, ledger }: Parts, { settle }: Settler) {
  return async function agree(
    scope: OpenScope,
    person: Person,
    purpose: Purpose,
    agreement: Agreement,
    epoch: number,
  ): Promise<Standing> {
    const id = records.idOf(scope.id, person);
    await settle(scope, id);
    const end = await ledger.end(scope.id);
    await records.change(scope, id, (record) => {
      const event = decideAgreement(standingOf(record, pack), purpose, agreement, epoch);
      if (record.erasing) throw new Failure('unavailable', { cause: new Error('an erasure is not finished') });
      return agreed(record, person, event && { event, at: agreement.at }, end);
    });
    return standingOf(await settle(scope, id), pack);
  };
}

/** Makes {@link Gallery.rename}. */
export function renaming({ records }: Parts) {
  return async function rename(scope: OpenScope, person: Person): Promise<void> {
    await records.change(scope, records.idOf(scope.id, person), (record) => {
      const { life } = record;
      if (!life || person.name === '' || life.person.name === person.name) return undefined;
      return { ...record, life: { ...life, person: { ...life.person, name: person.name } } };
    });
  };
}

/**
 * The record after an agreement. `added` is the event for the ledger; without it only the name may
 * change. `end` is where the ledger ends. Undefined when nothing changes.
 */
function agreed(
  { id, epoch, version, life: known, unreadable }: PersonRecord,
  person: Person,
  added: Pick<Owed, 'event' | 'at'> | undefined,
  end: number,
): PersonRecord | undefined {
  const life = known ?? newLife(person);
  // If the record was unreadable, the new life replaces it, and this entry in the ledger says so.
  const over = { event: UNREADABLE, subject: subjectIn(newLife(person)), at: added?.at ?? 0, after: end };
  const named = { ...life, person: { ...life.person, name: person.name } };
  const record = { id, epoch, ...(version && { version }) };
  if (!added) return life.person.name === person.name ? undefined : { ...record, life: named };
  const { event, at } = added;
  const owed = { event, subject: subjectIn(life), at, after: Math.max(end, life.lastSeq) };
  const changesMarks = changesSearch(event) && life.templates.length > 0;
  return {
    ...record,
    life: {
      ...named,
      ...afterEvent(life, event, at),
      owed: [...life.owed, ...(unreadable ? [over] : []), owed],
      marks: life.marks + (changesMarks ? 1 : 0),
    },
  };
}
