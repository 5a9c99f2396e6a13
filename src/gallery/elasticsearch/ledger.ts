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
   * The ledger's end when the debt began, or an earlier entry; -1 for none. The event's own entry
   * comes later.
   */
  readonly after: number;
}

interface Row extends StoredEntry {
  readonly scope: ScopeId;
}

/** The number of entries per request on the way to the ledger's end. */
const SEQUENCE_STRIDE = 16;

/**
 * The scopes' ledgers. An entry is named `<scope>:<seq>` and is only ever created. When two
 * processes append at once, one gets the number and the other takes the next. So the chain has no
 * gap and no fork, without a lock.
 */
export function ledgerOf(store: Store, names: Indices) {
  /** The ends of ledgers as this process last saw them, never beyond the true end. */
  const seen = new Map<ScopeId, number>();
  const address = (scope: ScopeId, seq: number): Address => ({ index: names.ledger, id: `${scope}:${seq}` });

  /** The ledger's end, or an entry shortly before it; -1 when unknown. */
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
   * The entry of an owed event, appended unless it exists. Every process that finds a debt pays it,
   * and paying twice has no effect. It walks from where the debt began to the first free number. It
   * starts at the beginning when somebody cut the ledger: the second place shows the cut, and a
   * refusal to write would let them prevent erasures.
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

  /** The stored entries from this number to the first missing one, as of now. */
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

  /** Writes entries unchanged, of a ledger from another store. */
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
