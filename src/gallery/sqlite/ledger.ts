import { Cause } from '../../cause.ts';
import {
  entryOf,
  isUnchanged,
  type LedgerEntry,
  type LedgerEvent,
  nextEntry,
  type StoredEntry,
} from '../../consent/ledger.ts';
import type { ScopeId } from '../../consent/who.ts';
import { unsealJsonRighted } from '../../secrets/righted.ts';
import { sealJson } from '../../secrets/seal.ts';
import type { Sql } from '../../sqlite/file.ts';
import type { OpenScope } from './scopes.ts';

type Head = Pick<LedgerEntry, 'seq' | 'hash'>;

/** The ledgers of scopes. Entries are only ever added. Every function runs inside a transaction. */
export function ledgerTable(sql: Sql) {
  /**
   * The last entry that facefinder wrote, by the sealed note in the scope's row. It is right even
   * if somebody changed the ledger's table. Undefined without an entry, or when the note is
   * damaged.
   */
  function head({ id, key }: OpenScope): Head | undefined {
    const row = sql.get`SELECT head FROM scopes WHERE id = ${id}` as { head: string | null };
    return row.head === null ? undefined : unsealJsonRighted<Head>(key, row.head, `head|${id}`);
  }

  function last(scope: ScopeId): Head | undefined {
    return sql.get`SELECT seq, hash FROM ledger WHERE scope = ${scope} ORDER BY seq DESC LIMIT 1` as Head | undefined;
  }

  /**
   * Appends an entry whose hash continues the last entry that facefinder wrote. If somebody cut off
   * or forged the end of the ledger, the chain of hashes shows a break there for ever. It appends
   * even then: if it refused, somebody who cuts the ledger could prevent erasures.
   */
  function append(scope: OpenScope, subject: string, event: LedgerEvent, at: number): LedgerEntry {
    const known = head(scope);
    const seq = Math.max(known?.seq ?? -1, last(scope.id)?.seq ?? -1);
    const entry = nextEntry(seq < 0 ? undefined : { seq, hash: known?.hash ?? '' }, event, subject, at);
    put(scope.id, [entry]);
    const sealed = sealJson(scope.key, { seq: entry.seq, hash: entry.hash }, `head|${scope.id}`);
    sql.run`UPDATE scopes SET head = ${sealed} WHERE id = ${scope.id}`;
    return entry;
  }

  /**
   * Appends an entry to the ledger of a scope whose key is unreadable or gone. The entry continues
   * the last stored one, because nothing tells any more which one facefinder wrote.
   */
  function appendUnsealed(scope: ScopeId, subject: string, event: LedgerEvent, at: number): LedgerEntry {
    const entry = nextEntry(last(scope), event, subject, at);
    put(scope, [entry]);
    return entry;
  }

  /** Writes entries as they are. */
  function put(scope: ScopeId, entries: readonly LedgerEntry[]): void {
    for (const { seq, at, subject, previous, hash, ...event } of entries) {
      sql.run`INSERT INTO ledger (scope, seq, at, subject, event, previous, hash)
        VALUES (${scope}, ${seq}, ${at}, ${subject}, ${JSON.stringify(event)}, ${previous}, ${hash})`;
    }
  }

  /** Writes the entries of this scope from another store, unchanged, and notes the last one. */
  function putOf({ id, key }: OpenScope, entries: readonly LedgerEntry[]): void {
    put(id, entries);
    const last = entries.at(-1);
    if (!last) return;
    sql.run`UPDATE scopes SET head = ${sealJson(key, { seq: last.seq, hash: last.hash }, `head|${id}`)} WHERE id = ${id}`;
  }

  /**
   * A person's entries. It leaves out entries that do not fit their hash: a changed entry proves no
   * agreement.
   */
  function of(scope: ScopeId, subject: string): LedgerEntry[] {
    const rows = sql.all<StoredEntry>`SELECT seq, at, subject, event, previous, hash FROM ledger
      WHERE subject = ${subject} AND scope = ${scope} ORDER BY seq`;
    return rows.map(entryOf).filter(isUnchanged);
  }

  /** The stored entries, unchecked. `firstBreak` tells whether the chain is whole. */
  function all(scope: ScopeId): LedgerEntry[] {
    return from(scope, 0);
  }

  /** The stored entries from this number on, unchecked. */
  function from(scope: ScopeId, seq: number): LedgerEntry[] {
    const rows = sql.all<StoredEntry>`SELECT seq, at, subject, event, previous, hash FROM ledger
      WHERE scope = ${scope} AND seq >= ${seq} ORDER BY seq`;
    return rows.map(entryOf);
  }

  /**
   * Throws Cause `ledger_broken` when the last stored entry is not the last one that facefinder
   * wrote. The chain of hashes alone does not show that its end is missing.
   */
  function assertEnd(scope: OpenScope): void {
    const [known, found] = [head(scope), last(scope.id)];
    if (known?.seq === found?.seq && known?.hash === found?.hash) return;
    throw new Cause('ledger_broken');
  }

  return { append, appendUnsealed, put, putOf, of, all, from, assertEnd };
}

export type Ledger = ReturnType<typeof ledgerTable>;
