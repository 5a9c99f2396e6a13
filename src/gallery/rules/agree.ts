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

/** What these rules ask of a person: which life it is, and what was agreed to in it. */
export type AgreedLife = Pick<Standing, 'epoch' | 'agreed'>;

/**
 * What an agreement adds to the ledger: undefined when the same one was given before. `epoch` is
 * the one at which the person was asked.
 * @throws Failure `expired` when the person was erased since then.
 */
export function agree(now: AgreedLife, purpose: Purpose, agreement: Agreement, epoch: number): LedgerEvent | undefined {
  if (now.epoch !== epoch) throw new Failure('expired', { details: { withdrawn: 1 } });
  if (isSameAgreement(now.agreed[purpose], agreement)) return undefined;
  return { kind: 'agreed', purpose, ...termsOf(agreement) };
}

/** Whether an entry may change whom a search finds. */
export function changesSearch(event: LedgerEvent): boolean {
  return event.kind !== 'agreed' || event.purpose === 'enrol';
}

/**
 * The gate, asked again as a store writes: the consent still stands.
 * @throws Failure `expired` when the person was erased, or agreed to another notice, since it was given.
 */
export function assertAdmitted({ epoch, agreed }: AgreedLife, consent: Consent): void {
  const { purpose, agreement } = consent;
  if (epoch !== consent.epoch) throw new Failure('expired', { details: { withdrawn: 1 } });
  if (agreed[purpose]?.version !== agreement.version) throw new Failure('expired');
}
