import { leafOf } from './head.ts';
import type { LedgerEntry, Restored } from './ledger.ts';
import { consistencyProof, type Hash, inclusionProof, peaksOf, rootOf } from './merkle.ts';
import type { Receipt } from './receipt.ts';

/**
 * The proof that a receipt's entry is in a ledger to which entries were only added. Nobody needs to
 * trust the ledger or its operator.
 */
export interface LedgerProof {
  /** The ledger's size today. */
  readonly size: number;
  readonly root: Hash;
  /** The proof that the ledger contains the receipt's entry. */
  readonly inclusion: readonly Hash[];
  /**
   * The proof that the ledger begins with the ledger of the receipt. Absent for old receipts, which
   * state no head.
   */
  readonly consistency?: readonly Hash[];
}

type Claims = Pick<Receipt['claims'], 'scope' | 'ledger' | 'head'>;

/** Makes the proof from the entries of the scope's ledger, oldest first. */
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

/** The receipt was signed over another ledger than this one. */
export interface Denial {
  /**
   * If the ledger was restored from a backup that lacked the receipt's entry: the ledger's own
   * entry about the restore.
   */
  readonly restored: (Restored & Pick<LedgerEntry, 'seq' | 'at'>) | undefined;
}

function denial(entries: readonly LedgerEntry[], seq: number): Denial {
  return {
    restored: entries.find((entry) => entry.kind === 'restored' && (entry.lost?.size ?? 0) > seq) as Denial['restored'],
  };
}

/**
 * Pairs of receipts that cannot both be true for one ledger to which entries are only added. Both
 * are signed, so such a pair proves that there were two ledgers.
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
