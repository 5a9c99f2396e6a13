import { type LedgerEntry, subjectOf } from '../../consent/ledger.ts';
import type { ScopeId } from '../../consent/who.ts';
import { newSalt } from '../rules/identity.ts';
import type { Found } from './documents.ts';
import type { Owed } from './ledger.ts';
import type { Parts } from './parts.ts';
import type { RecordDoc } from './record-docs.ts';

/** The subject of an entry about the person of record `id`, of whom nothing else is known. */
export function unknownSubject(id: string): string {
  return subjectOf(newSalt(), { platform: 'unreadable', id, name: '' });
}

/**
 * Turns a record into a tombstone, and removes the person's vectors and lines of the search log. It
 * unseals nothing, so it works for an unreadable record, and when the key of its scope is
 * unreadable. The fourth argument has the event for the ledger, and the epoch of the tombstone. The
 * tombstone is written last, after `onRemoved`. A document that has changed since it was read
 * stays.
 */
export async function uproot(
  { store, ledger, faces, finds }: Parts,
  scope: ScopeId,
  { id, source: _, version, ...at }: Found<RecordDoc>,
  { epoch, ...event }: Omit<Owed, 'after'> & { readonly epoch: number },
  onRemoved?: (entry: LedgerEntry) => Promise<void>,
): Promise<void> {
  const entry = await ledger.append(scope, { ...event, after: await ledger.end(scope) });
  await faces.removeOwned(scope, id);
  await finds.removeOf(scope, id);
  await onRemoved?.(entry);
  const gone: RecordDoc = { scope, epoch, live: false, unsettled: false, erasedAt: event.at };
  await store.write([{ kind: 'index', at: { ...at, id }, source: gone, since: version }]);
}
