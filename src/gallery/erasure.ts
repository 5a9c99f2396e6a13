import type { Seen } from '../consent/merkle.ts';
import type { ScopeId } from '../consent/who.ts';

/**
 * How long an erasure's tombstone is kept: 180 days. No sealed job or parked ask lives a tenth of that, and a backup older than
 * this must not be restored: nothing would be left to say who was erased since.
 */
export const TOMBSTONE_RETENTION_MS = 180 * 24 * 60 * 60 * 1000;

/**
 * `moved`: what was held stands in the scope that the group has now. `again`: it was erased before, and came back with an older
 * copy of the store.
 */
export type ErasureReason =
  | 'asked'
  | 'left'
  | 'removed'
  | 'admin'
  | 'retention'
  | 'notice'
  | 'operator'
  | 'moved'
  | 'again';

/** What an erasure left: a keyed hash (of `person`, scope, platform and id, under the key for tombstones) and its epoch. */
export interface Tombstone {
  readonly hash: string;
  /** The person's from then on: no life of an older one may be held. */
  readonly epoch: number;
  /** Of the erasure, milliseconds since 1970. */
  readonly at: number;
}

/** What one erasure removed; nothing in it identifies the person without the salt that the erasure destroyed. */
export interface Erasure {
  readonly scope: ScopeId;
  readonly reason: ErasureReason;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The person's salted hash in the ledger (hex). */
  readonly subject: string;
  /** Version and hash of the last notice agreed to, if any. */
  readonly notice?: { readonly version: number; readonly hash: string };
  readonly removed: {
    readonly templates: number;
    readonly people: number;
    /** Search-log rows about this person. */
    readonly finds: number;
    /** Rows about others from which this person's name as the finder was taken. */
    readonly findsByThem: number;
  };
  /** The ledger's entry for this erasure. */
  readonly entry: { readonly seq: number; readonly hash: string };
  /** The ledger with that entry in it, from a gallery whose ledgers are witnessed. */
  readonly head?: Seen;
}

export interface ErasureOptions {
  /** Erases what is held at this epoch, or carries on its erasure; a life that began later is left alone. Any when left out. */
  readonly epoch?: number;
  /**
   * Told of what was removed as soon as that is certain, and waited for: this call may still fail, and repeated with nothing left
   * to erase it gives undefined. A repetition that carries an erasure on tells the same once more.
   */
  readonly told?: (erasure: Erasure) => Promise<void>;
}
