import {
  type Agreement,
  type Consent,
  isSameAgreement,
  type Purpose,
  type Standing,
  termsOf,
} from '../../consent/consent.ts';
import type { LedgerEvent } from '../../consent/ledger.ts';
import { Failure } from '../../failure.ts';

/** What these rules need to know of a person: the epoch, and the agreements given in it. */
export type AgreedLife = Pick<Standing, 'epoch' | 'agreed'>;

/**
 * The ledger's event for an agreement; undefined when the person has given the same agreement
 * before. `epoch` is the person's epoch when they were asked.
 * @throws Failure `expired` when the person was erased since then
 */
export function agree(now: AgreedLife, purpose: Purpose, agreement: Agreement, epoch: number): LedgerEvent | undefined {
  if (now.epoch !== epoch) throw new Failure('expired', { details: { withdrawn: 1 } });
  if (isSameAgreement(now.agreed[purpose], agreement)) return undefined;
  return { kind: 'agreed', purpose, ...termsOf(agreement) };
}

/** Whether an event may change which people a search may name. */
export function changesSearch(event: LedgerEvent): boolean {
  return event.kind !== 'agreed' || event.purpose === 'enrol';
}

/**
 * Checks that the consent still counts. Stores call it when they write.
 * @throws Failure `expired` when the person was erased, or agreed to another notice, since the
 * consent was given
 */
export function assertAdmitted({ epoch, agreed }: AgreedLife, consent: Consent): void {
  const { purpose, agreement } = consent;
  if (epoch !== consent.epoch) throw new Failure('expired', { details: { withdrawn: 1 } });
  if (agreed[purpose]?.version !== agreement.version) throw new Failure('expired');
}
