import { type Standing, termsOf } from './consent.ts';
import type { LedgerEntry, LedgerEvent } from './ledger.ts';

/**
 * The part of a standing that the ledger does not tell: the person's epoch, how many of their
 * templates are stored, and the alerts.
 */
export type Kept = Pick<Standing, 'epoch' | 'templates' | 'outdated' | 'alerts'>;

/**
 * The standing of somebody without data. `epoch` comes from an erasure's tombstone; 0 without one.
 */
export function nothingHeld(epoch: number): Standing {
  return { epoch, agreed: {}, templates: 0, alerts: 0 };
}

/** The part of a standing that the ledger tells. */
export type Consented = Pick<Standing, 'agreed' | 'confirmedAt'>;

/**
 * What a person agreed to, after one more entry made at `at` (milliseconds since 1970). Of several
 * agreements to one purpose, the last entry counts. Of several renewals, the latest time counts,
 * even when clocks disagree about the order. An erasure ends all of them. It is pure, and every
 * store uses it.
 */
export function afterEvent({ agreed, confirmedAt }: Consented, event: LedgerEvent, at: number): Consented {
  if (event.kind === 'erased') return { agreed: {} };
  if (event.kind === 'decided' || event.kind === 'restored')
    return { agreed, ...(confirmedAt !== undefined && { confirmedAt }) };
  const renewed = Math.max(confirmedAt ?? at, at);
  if (event.kind === 'enrolled') return { agreed, confirmedAt: renewed };
  return { agreed: { ...agreed, [event.purpose]: { ...termsOf(event), at } }, confirmedAt: renewed };
}

/** A person's standing after their own ledger `entries`, oldest first. */
export function standingAfter(entries: readonly LedgerEntry[], kept: Kept): Standing {
  const nothing: Consented = { agreed: {} };
  return { ...kept, ...entries.reduce((before, entry) => afterEvent(before, entry, entry.at), nothing) };
}
