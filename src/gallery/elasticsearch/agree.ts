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

/** Records agreements. The first agreement begins a life, at the epoch after the last erasure. */
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

/** Stores the name that others see now; see {@link Gallery.rename}. */
export function renaming({ records }: Parts) {
  return async function rename(scope: OpenScope, person: Person): Promise<void> {
    await records.change(scope, records.idOf(scope.id, person), (record) => {
      const { life } = record;
      if (!life || person.name === '' || life.person.name === person.name) return undefined;
      return { ...record, life: { ...life, person: { ...life.person, name: person.name } } };
    });
  };
}

/** The record after an agreement. When the ledger needs no new entry, only the name changes. */
function agreed(
  { id, epoch, version, life: known, unreadable }: PersonRecord,
  person: Person,
  added: Pick<Owed, 'event' | 'at'> | undefined,
  end: number,
): PersonRecord | undefined {
  const life = known ?? newLife(person);
  // A new life replaces an unreadable record, and the ledger says so.
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
