import { leafOf } from './head.ts';
import type { LedgerEntry, Restored } from './ledger.ts';
import { consistencyProof, type Hash, inclusionProof, peaksOf, rootOf } from './merkle.ts';
import type { Receipt } from './receipt.ts';

/**
 * Proves that a receipt's entry is in a ledger that only grew. Nobody needs to trust the ledger or
 * its operator.
 */
export interface LedgerProof {
  /** The ledger's size today. */
  readonly size: number;
  readonly root: Hash;
  /** Proof that it contains the receipt's entry. */
  readonly inclusion: readonly Hash[];
  /** Proof that it begins with the ledger of the receipt; absent for receipts older than heads. */
  readonly consistency?: readonly Hash[];
}

type Claims = Pick<Receipt['claims'], 'scope' | 'ledger' | 'head'>;

/** The proof from the scope's ledger entries, oldest first. */
export function proofOf(
  { ledger: { seq, hash }, head }: Claims,
  entries: readonly LedgerEntry[],
): LedgerProof | Denial {
  const leaves = entries.map(leafOf);
  if (entries[seq]?.hash !== hash) return denial(entries, seq);
  if (head && rootOf(peaksOf(leaves.slice(0, head.size))) !== head.root) return denial(entries, head.size - 1);
  return {
    size: leaves.length,
    root: rootOf(peaksOf(leaves)),
    inclusion: inclusionProof(leaves, seq),
    ...(head && { consistency: consistencyProof(leaves, head.size) }),
  };
}

/** This ledger is not the one over which the receipt was signed. */
export interface Denial {
  /**
   * The ledger's own entry about a restore from a backup that lacked the receipt's entry, if any.
   */
  readonly restored: (Restored & Pick<LedgerEntry, 'seq' | 'at'>) | undefined;
}

function denial(entries: readonly LedgerEntry[], seq: number): Denial {
  return {
    restored: entries.find((entry) => entry.kind === 'restored' && (entry.lost?.size ?? 0) > seq) as Denial['restored'],
  };
}

/**
 * Pairs of receipts that cannot both hold for one growing ledger. With their signatures, the
 * receipts of a pair prove that there were two ledgers.
 */
export function disagreeing<T extends Claims>(receipts: readonly T[]): (readonly [T, T])[] {
  return receipts.flatMap((one, index) =>
    receipts.slice(index + 1).flatMap((other) => (disagree(one, other) ? [[one, other] as const] : [])),
  );
}

function disagree(one: Claims, other: Claims): boolean {
  if (one.scope !== other.scope) return false;
  const isOtherEntry = one.ledger.seq === other.ledger.seq && one.ledger.hash !== other.ledger.hash;
  const isOtherTree = one.head?.size === other.head?.size && one.head?.root !== other.head?.root;
  return isOtherEntry || (one.head !== undefined && isOtherTree);
}
