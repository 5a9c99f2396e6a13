import { type Agreement, isSameAgreement, type Purpose, type Standing, termsOf } from '../../consent/consent.ts';
import type { LedgerEvent } from '../../consent/ledger.ts';
import type { Person } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import { newLife, type PersonRecord, standingOf, subjectIn } from './life.ts';
import type { Parts } from './parts.ts';
import type { OpenScope } from './scopes.ts';
import type { Settler } from './settle.ts';

/** Agreeing: the first agreement begins a life, at the epoch that the last erasure left. */
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
      if (record.epoch !== epoch) throw new Failure('expired');
      if (record.erasing) throw new Failure('unavailable', { cause: new Error('an erasure is not finished') });
      return agreed(record, person, purpose, agreement, end);
    });
    return standingOf(await settle(scope, id), pack);
  };
}

/** The same agreement a second time changes nothing but the name. */
function agreed(
  { id, epoch, version, life: known }: PersonRecord,
  person: Person,
  purpose: Purpose,
  agreement: Agreement,
  end: number,
): PersonRecord | undefined {
  const life = known ?? newLife(person);
  const named = { ...life, person: { ...life.person, name: person.name } };
  const record = { id, epoch, ...(version && { version }) };
  if (isSameAgreement(life.agreed[purpose], agreement)) {
    return life.person.name === person.name ? undefined : { ...record, life: named };
  }
  const { at } = agreement;
  const terms = termsOf(agreement);
  const event: LedgerEvent = { kind: 'agreed', purpose, ...terms };
  const owed = { event, subject: subjectIn(life), at, after: Math.max(end, life.lastSeq) };
  const changesMarks = purpose === 'enrol' && life.templates.length > 0;
  return {
    ...record,
    life: {
      ...named,
      agreed: { ...life.agreed, [purpose]: { ...terms, at } },
      confirmedAt: Math.max(life.confirmedAt ?? 0, at),
      owed: [...life.owed, owed],
      marks: life.marks + (changesMarks ? 1 : 0),
    },
  };
}
