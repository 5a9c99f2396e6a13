import { type Agreement, type Purpose, type Standing, termsOf } from './consent.ts';
import type { LedgerEntry } from './ledger.ts';

/** What the ledger does not say of a person: their epoch, what is stored of them now, and what they were not told of. */
export type Kept = Pick<Standing, 'epoch' | 'templates' | 'outdated' | 'alerts'>;

/** Where somebody stands of whom nothing is held; `epoch` is what the tombstone of an erasure kept, if any. */
export function nothingHeld(epoch: number): Standing {
  return { epoch, agreed: {}, templates: 0, alerts: 0 };
}

/**
 * Where a person stands after their own ledger `entries`, oldest first. The last agreement to a purpose counts; an erasure ends
 * all of them. Pure: every store reads consent in this one way.
 */
export function standingAfter(entries: readonly LedgerEntry[], kept: Kept): Standing {
  const agreed: { [purpose in Purpose]?: Agreement } = {};
  let confirmedAt: number | undefined;
  for (const entry of entries) {
    if (entry.kind === 'erased') {
      delete agreed.search;
      delete agreed.enrol;
      confirmedAt = undefined;
      continue;
    }
    confirmedAt = Math.max(confirmedAt ?? 0, entry.at);
    if (entry.kind === 'agreed') agreed[entry.purpose] = { ...termsOf(entry), at: entry.at };
  }
  return { ...kept, agreed, ...(confirmedAt !== undefined && { confirmedAt }) };
}
