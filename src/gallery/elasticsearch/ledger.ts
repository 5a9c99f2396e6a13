import { entryOf, type LedgerEntry, type LedgerEvent, nextEntry, type StoredEntry } from '../../consent/ledger.ts';
import type { ScopeId } from '../../consent/who.ts';
import { type Address, having } from './documents.ts';
import type { Indices } from './indices.ts';
import type { Store } from './store.ts';

/** An event in a person's record that the ledger still lacks. */
export interface Owed {
  readonly event: LedgerEvent;
  readonly subject: string;
  readonly at: number;
  /**
   * The number of an earlier entry: the ledger's last one when the event happened, or one before
   * it. The event's entry is somewhere after it. -1 when there was no entry.
   */
  readonly after: number;
}

interface Row extends StoredEntry {
  readonly scope: ScopeId;
}

/** How many entries one request reads when entries are read by their numbers, without a search. */
const SEQUENCE_STRIDE = 16;

/**
 * The ledgers of scopes. An entry is named `<scope>:<seq>`. Entries are created and never changed.
 * When two processes append at once, one creates the entry, and the other fails and takes the next
 * number. So the chain has no gap and no fork, and needs no lock.
 */
export function ledgerOf(store: Store, names: Indices) {
  /**
   * The number of each ledger's last entry when this process last saw it. The ledger may be longer
   * by now, but never shorter.
   */
  const seen = new Map<ScopeId, number>();
  const address = (scope: ScopeId, seq: number): Address => ({ index: names.ledger, id: `${scope}:${seq}` });

  /** The number of the last entry, or of one shortly before it; -1 when no entry is known. */
  async function end(scope: ScopeId): Promise<number> {
    const known = seen.get(scope);
    if (known !== undefined) return known;
    const sort = [{ seq: 'desc' as const }];
    const [answer] = await store.search<Row>([
      { index: names.ledger, body: { query: having({ scope }), sort, size: 1, track_total_hits: false } },
    ]);
    return answer?.hits[0]?.source.seq ?? -1;
  }

  /**
   * Gives the entry of an owed event, and appends it if it is missing. Every process that finds an
   * owed event calls this, and a second call only finds the entry. It looks from entry `after`
   * onwards, up to the first free number. If entry `after` is missing, somebody cut the ledger.
   * Then it looks from the beginning, and the second place shows the cut. It appends even then: if
   * it refused, somebody who cuts the ledger could prevent erasures.
   */
  async function append(scope: ScopeId, { event, subject, at, after }: Owed): Promise<LedgerEntry> {
    let last = after < 0 ? undefined : await entry(scope, after);
    for (;;) {
      const from = (last?.seq ?? -1) + 1;
      const stretch = Array.from({ length: SEQUENCE_STRIDE }, (_, step) => address(scope, from + step));
      for (const row of await store.get<Row>(stretch)) {
        const expected = nextEntry(last, event, subject, at);
        if (!row) {
          const [created] = await store.write([
            { kind: 'create', at: address(scope, expected.seq), source: rowOf(scope, expected) },
          ]);
          if (created !== 'done') break;
        } else if (row.source.hash !== expected.hash) {
          last = entryIn(row.source);
          continue;
        }
        seen.set(scope, expected.seq);
        return expected;
      }
    }
  }

  async function entry(scope: ScopeId, seq: number): Promise<LedgerEntry | undefined> {
    const [row] = await store.get<Row>([address(scope, seq)]);
    return row && entryIn(row.source);
  }

  /** The entries with these fields, oldest first. */
  async function read(fields: { readonly scope: ScopeId; readonly subject?: string }): Promise<LedgerEntry[]> {
    const rows = await store.all<Row>(names.ledger, having(fields));
    return rows.map(({ source }) => entryIn(source)).sort((a, b) => a.seq - b.seq);
  }

  /** The stored entries from this number up to the first one that is missing, read in real time. */
  async function from(scope: ScopeId, seq: number): Promise<LedgerEntry[]> {
    const found: LedgerEntry[] = [];
    for (;;) {
      const first = seq + found.length;
      const stretch = Array.from({ length: SEQUENCE_STRIDE }, (_, step) => address(scope, first + step));
      for (const row of await store.get<Row>(stretch)) {
        if (!row) return found;
        found.push(entryIn(row.source));
      }
    }
  }

  /** Writes the entries of a ledger from another store, unchanged. */
  async function put(scope: ScopeId, entries: readonly LedgerEntry[]): Promise<void> {
    await store.write(
      entries.map((entry) => ({ kind: 'index', at: address(scope, entry.seq), source: rowOf(scope, entry) })),
    );
  }

  return { end, append, read, from, put };
}

export type Ledger = ReturnType<typeof ledgerOf>;

function rowOf(scope: ScopeId, { seq, at, subject, previous, hash, ...event }: LedgerEntry): Row {
  return { scope, seq, at, subject, event: JSON.stringify(event), previous, hash };
}

function entryIn({ scope: _, ...row }: Row): LedgerEntry {
  return entryOf(row);
}
