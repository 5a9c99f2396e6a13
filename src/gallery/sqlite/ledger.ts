import { type LedgerEntry, type LedgerEvent, nextEntry } from '../../consent/ledger.ts';
import type { ScopeId } from '../../consent/who.ts';
import { sealJson, unsealJson } from '../../secrets/seal.ts';
import type { Connection } from './connection.ts';
import type { OpenScope } from './scopes.ts';

interface Row {
  readonly seq: number;
  readonly at: number;
  readonly subject: string;
  readonly event: string;
  readonly previous: string;
  readonly hash: string;
}

type Head = Pick<LedgerEntry, 'seq' | 'hash'>;

/** The scopes' ledgers: only ever appended to. Every function runs inside a transaction. */
export function ledgerTable({ sql }: Connection) {
  /** Throws when the ledger no longer ends as it did when facefinder last wrote it: a cut end would else never show. */
  function head({ id, key }: OpenScope): Head | undefined {
    const last = sql.get`SELECT seq, hash FROM ledger WHERE scope = ${id} ORDER BY seq DESC LIMIT 1` as
      | Head
      | undefined;
    const row = sql.get`SELECT head FROM scopes WHERE id = ${id}` as { head: string | null };
    const known = row.head === null ? undefined : unsealJson<Head>(key, row.head, `head|${id}`);
    if (last?.seq !== known?.seq || last?.hash !== known?.hash) {
      throw new Error(
        "A ledger's end was changed by something other than facefinder: restore the database from a backup.",
      );
    }
    return last;
  }

  function append(scope: OpenScope, subject: string, event: LedgerEvent, at: number): LedgerEntry {
    const entry = nextEntry(head(scope), event, subject, at);
    const { seq, previous, hash } = entry;
    sql.run`INSERT INTO ledger (scope, seq, at, subject, event, previous, hash)
      VALUES (${scope.id}, ${seq}, ${at}, ${subject}, ${JSON.stringify(event)}, ${previous}, ${hash})`;
    sql.run`UPDATE scopes SET head = ${sealJson(scope.key, { seq, hash }, `head|${scope.id}`)} WHERE id = ${scope.id}`;
    return entry;
  }

  function of(scope: ScopeId, subject: string): LedgerEntry[] {
    const rows = sql.all`SELECT seq, at, subject, event, previous, hash FROM ledger
      WHERE subject = ${subject} AND scope = ${scope} ORDER BY seq`;
    return (rows as unknown as Row[]).map(entryOf);
  }

  function all(scope: ScopeId): LedgerEntry[] {
    const rows = sql.all`SELECT seq, at, subject, event, previous, hash FROM ledger WHERE scope = ${scope} ORDER BY seq`;
    return (rows as unknown as Row[]).map(entryOf);
  }

  return { append, of, all };
}

export type Ledger = ReturnType<typeof ledgerTable>;

function entryOf({ event, ...row }: Row): LedgerEntry {
  return { ...(JSON.parse(event) as LedgerEvent), ...row };
}
