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

/** The scopes' ledgers: only ever appended to. Every function runs inside a transaction. */
export function ledgerTable(sql: Sql) {
  /** The last entry as it was when facefinder wrote it, whatever became of the table since; undefined for one that rotted, too. */
  function head({ id, key }: OpenScope): Head | undefined {
    const row = sql.get`SELECT head FROM scopes WHERE id = ${id}` as { head: string | null };
    return row.head === null ? undefined : unsealJsonRighted<Head>(key, row.head, `head|${id}`);
  }

  function last(scope: ScopeId): Head | undefined {
    return sql.get`SELECT seq, hash FROM ledger WHERE scope = ${scope} ORDER BY seq DESC LIMIT 1` as Head | undefined;
  }

  /**
   * Goes on from the sealed head. Where somebody cut or forged the end, that leaves a break that shows for ever; refusing to
   * write would let them keep people from being erased.
   */
  function append(scope: OpenScope, subject: string, event: LedgerEvent, at: number): LedgerEntry {
    const known = head(scope);
    const seq = Math.max(known?.seq ?? -1, last(scope.id)?.seq ?? -1);
    const entry = nextEntry(seq < 0 ? undefined : { seq, hash: known?.hash ?? '' }, event, subject, at);
    const { previous, hash } = entry;
    sql.run`INSERT INTO ledger (scope, seq, at, subject, event, previous, hash)
      VALUES (${scope.id}, ${entry.seq}, ${at}, ${subject}, ${JSON.stringify(event)}, ${previous}, ${hash})`;
    const sealed = sealJson(scope.key, { seq: entry.seq, hash }, `head|${scope.id}`);
    sql.run`UPDATE scopes SET head = ${sealed} WHERE id = ${scope.id}`;
    return entry;
  }

  /** Writes entries as they are: of a ledger that comes from elsewhere. */
  function put(scope: ScopeId, entries: readonly LedgerEntry[]): void {
    for (const { seq, at, subject, previous, hash, ...event } of entries) {
      sql.run`INSERT INTO ledger (scope, seq, at, subject, event, previous, hash)
        VALUES (${scope}, ${seq}, ${at}, ${subject}, ${JSON.stringify(event)}, ${previous}, ${hash})`;
    }
  }

  /** The same for a scope that is here, which knows where its ledger ends. */
  function putOf({ id, key }: OpenScope, entries: readonly LedgerEntry[]): void {
    put(id, entries);
    const last = entries.at(-1);
    if (!last) return;
    sql.run`UPDATE scopes SET head = ${sealJson(key, { seq: last.seq, hash: last.hash }, `head|${id}`)} WHERE id = ${id}`;
  }

  /** A person's entries that nobody changed: nobody agreed to what another one says. */
  function of(scope: ScopeId, subject: string): LedgerEntry[] {
    const rows = sql.all<StoredEntry>`SELECT seq, at, subject, event, previous, hash FROM ledger
      WHERE subject = ${subject} AND scope = ${scope} ORDER BY seq`;
    return rows.map(entryOf).filter(isUnchanged);
  }

  /** As stored; `firstBreak` tells whether it is whole. */
  function all(scope: ScopeId): LedgerEntry[] {
    return from(scope, 0);
  }

  /** As stored, from this number on. */
  function from(scope: ScopeId, seq: number): LedgerEntry[] {
    const rows = sql.all<StoredEntry>`SELECT seq, at, subject, event, previous, hash FROM ledger
      WHERE scope = ${scope} AND seq >= ${seq} ORDER BY seq`;
    return rows.map(entryOf);
  }

  /** Throws when the ledger does not end where facefinder ended it: a missing end is the one thing that a chain cannot tell. */
  function assertEnd(scope: OpenScope): void {
    const [known, found] = [head(scope), last(scope.id)];
    if (known?.seq === found?.seq && known?.hash === found?.hash) return;
    throw new Cause('ledger_broken');
  }

  return { append, put, putOf, of, all, from, assertEnd };
}

export type Ledger = ReturnType<typeof ledgerTable>;
