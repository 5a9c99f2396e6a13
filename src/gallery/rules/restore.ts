import { type LedgerEntry, NOBODY, nextEntry, type Restored } from '../../consent/ledger.ts';
import type { Person } from '../../consent/who.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Tombstone } from '../erasure.ts';
import type { PersonExport, ScopeExport } from '../transfer.ts';
import { tombstoneHash } from './identity.ts';

/** The known erasures, by the tombstone hashes of the people. */
export type Erasures = ReadonlyMap<string, Tombstone>;

/** The erasures in these lists, one for each person: the one with the highest epoch. */
export function mergedErasures(...lists: readonly (readonly Tombstone[])[]): Map<string, Tombstone> {
  const merged = new Map<string, Tombstone>();
  for (const one of lists.flat()) if ((merged.get(one.hash)?.epoch ?? 0) < one.epoch) merged.set(one.hash, one);
  return merged;
}

/**
 * Prepares a scope from a backup, so that it can be written into a store. It takes out the people
 * who were erased after the backup (given as `erased`), with their disputes and their lines of the
 * search log. It adds entries about the restore and these erasures to the ledger.
 */
export function restoredScope(
  backedUp: ScopeExport,
  {
    keys,
    erasures,
    event,
    now,
  }: {
    readonly keys: Pick<Keys, 'tombstone'>;
    readonly erasures: Erasures;
    readonly event: Restored;
    readonly now: number;
  },
): { readonly scope: ScopeExport; readonly erased: readonly Person[] } {
  const { scope, people, disputes, finds } = backedUp;
  const isOver = ({ person, epoch }: PersonExport) => {
    const erasure = erasures.get(tombstoneHash(keys, scope, person));
    return erasure !== undefined && epoch < erasure.epoch;
  };
  const gone = people.filter(isOver);
  const names = new Set(gone.map(({ person }) => nameOf(person)));
  const isGone = (person: Person | undefined) => person !== undefined && names.has(nameOf(person));
  return {
    erased: gone.map(({ person }) => person),
    scope: {
      ...backedUp,
      ledger: ledgerAfter(backedUp.ledger, event, gone, now),
      people: people.filter((one) => !isOver(one)),
      disputes: disputes.filter((sides) => !sides.some(isGone)),
      finds: finds
        .filter(({ found }) => !isGone(found))
        .map((find) => (isGone(find.finder) ? { ...find, finder: undefined } : find)),
    },
  };
}

/**
 * The ledger with new entries at its end: one for the restore, and one for the erasure of each
 * person in `gone`. An empty ledger stays empty.
 */
export function ledgerAfter(
  ledger: readonly LedgerEntry[],
  event: Restored,
  gone: readonly PersonExport[],
  now: number,
): LedgerEntry[] {
  const entries = [...ledger];
  if (entries.length === 0) return entries;
  entries.push(nextEntry(entries.at(-1), event, NOBODY, now));
  for (const { subject } of gone) {
    entries.push(nextEntry(entries.at(-1), { kind: 'erased', reason: 'again' }, subject, now));
  }
  return entries;
}

const nameOf = ({ platform, id }: Person): string => `${platform}:${id}`;
