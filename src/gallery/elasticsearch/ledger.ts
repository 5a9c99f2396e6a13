import { entryOf, type LedgerEntry, type LedgerEvent, nextEntry, type StoredEntry } from '../../consent/ledger.ts';
import type { ScopeId } from '../../consent/who.ts';
import { type Address, having } from './documents.ts';
import type { Indices } from './indices.ts';
import type { Store } from './store.ts';

/** An event that stands in a person's record and is still to be appended to the ledger. */
export interface Owed {
  readonly event: LedgerEvent;
  readonly subject: string;
  readonly at: number;
  /** The ledger's end, or an entry before it, when the event came to be owed; -1 for none. Its own entry comes later. */
  readonly after: number;
}

interface Row extends StoredEntry {
  readonly scope: ScopeId;
}

/** Entries looked at in one request on the way to the ledger's end. */
const SEQUENCE_STRIDE = 16;

/**
 * The scopes' ledgers. An entry is named `<scope>:<seq>` and only ever created, so that of two processes which append at the
 * same time one gets the number and the other takes the next: the chain has no gap and no fork, without any lock.
 */
export function ledgerOf(store: Store, names: Indices) {
  /** Ends of ledgers as last seen by this process: never beyond the true one. */
  const seen = new Map<ScopeId, number>();
  const address = (scope: ScopeId, seq: number): Address => ({ index: names.ledger, id: `${scope}:${seq}` });

  /** The ledger's end, or an entry shortly before it; -1 when none is known. */
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
   * The entry of an owed event, appended unless it stands there already: whoever finds a debt pays it, twice is once.
   * Walks from where the event came to be owed to the first free number; from the beginning, where somebody cut off what stood
   * there. The cut shows in the second place, and refusing to write would let them keep people from being erased.
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

  /** Oldest first. */
  async function read(fields: { readonly scope: ScopeId; readonly subject?: string }): Promise<LedgerEntry[]> {
    const rows = await store.all<Row>(names.ledger, having(fields));
    return rows.map(({ source }) => entryIn(source)).sort((a, b) => a.seq - b.seq);
  }

  /** As stored and as of now, from this number on to the first that is missing. */
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

  /** Writes entries as they are: of a ledger that comes from another store. */
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
