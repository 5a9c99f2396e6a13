import type { Config } from '../config.ts';
import { leafOf, scopeHash } from '../consent/head.ts';
import type { LedgerEntry } from '../consent/ledger.ts';
import { peaksOf, rootOf } from '../consent/merkle.ts';
import { receiptSigner } from '../consent/receipt.ts';
import type { ScopeId } from '../consent/who.ts';
import { withReading } from './reading.ts';

/** A scope's ledger, with its head signed now. */
export interface SignedLedger {
  readonly entries: readonly LedgerEntry[];
  /** The signed head, a JWS. */
  readonly head: string;
}

/**
 * Gives `work` a function that finds a ledger of this installation by the scope's hash, which a
 * receipt names.
 */
export async function withLedgers<T>(
  config: Config,
  work: (ledgerOf: (scope: string) => Promise<SignedLedger | undefined>) => Promise<T>,
): Promise<T> {
  return await withReading(config, async ({ gallery, witness, keys }) => {
    const signer = await receiptSigner(keys);
    // When a group was erased, the gallery no longer lists its scope. The second place still does.
    const known = [...(await gallery.scopes()).map(({ scope }) => scope), ...((await witness?.scopes()) ?? [])];
    const scopes = new Map<string, ScopeId>(known.map((scope) => [scopeHash(scope), scope]));
    return await work(async (hash) => {
      const scope = scopes.get(hash);
      if (!scope) return undefined;
      const entries = await gallery.entries(scope, 0);
      const seen = { size: entries.length, root: rootOf(peaksOf(entries.map(leafOf))) };
      return { entries, head: await signer.signHead(scope, seen, Date.now()) };
    });
  });
}
