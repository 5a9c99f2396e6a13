import { type Standing, termsOf } from './consent.ts';
import type { LedgerEntry, LedgerEvent } from './ledger.ts';

/**
 * What the ledger does not tell about a person: their epoch, what is stored of them now, and the
 * alerts.
 */
export type Kept = Pick<Standing, 'epoch' | 'templates' | 'outdated' | 'alerts'>;

/** The standing of somebody without data. `epoch` is what an erasure's tombstone kept, if any. */
export function nothingHeld(epoch: number): Standing {
  return { epoch, agreed: {}, templates: 0, alerts: 0 };
}

/** What the ledger tells about a person. */
export type Consented = Pick<Standing, 'agreed' | 'confirmedAt'>;

/**
 * What counts after one more entry, made at `at` (milliseconds since 1970): the last agreement to
 * each purpose, and the latest renewal, even when clocks disagree about the order. An erasure ends
 * all of it. Pure: every store uses it.
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
