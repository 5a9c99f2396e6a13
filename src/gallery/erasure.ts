import type { Seen } from '../consent/merkle.ts';
import type { ScopeId } from '../consent/who.ts';

/**
 * How long an erasure's tombstone stays: 180 days. Sealed jobs and parked asks live less than a
 * tenth of that. An older backup must not be restored, because nothing would tell who was erased
 * since.
 */
export const TOMBSTONE_RETENTION_MS = 180 * 24 * 60 * 60 * 1000;

/**
 * `left`: the person left the group. `removed`: the bot was removed from it. `admin`: an admin
 * erased the group. `operator`: by an operator's verb. `notice`: the new notice was not agreed to.
 * `moved`: the data are in the group's new scope. `again`: the person was erased before and came
 * back with an older copy of the store.
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

/**
 * The rest of an erasure: a keyed hash (of `person`, scope, platform and id, under the key for
 * tombstones) and its epoch.
 */
export interface Tombstone {
  readonly hash: string;
  /** The person's epoch from then on. No life of an older epoch may exist. */
  readonly epoch: number;
  /** The time of the erasure, milliseconds since 1970. */
  readonly at: number;
}

/** What one erasure removed. It identifies nobody without the salt, which the erasure destroyed. */
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
    /** Rows about others that named this person as the finder. */
    readonly findsByThem: number;
  };
  /** The entry of this erasure in the ledger. */
  readonly entry: { readonly seq: number; readonly hash: string };
  /** The ledger including that entry, if the gallery's ledgers are witnessed. */
  readonly head?: Seen;
}

export interface ErasureOptions {
  /**
   * Erases only the data of this epoch, or continues that erasure. A later life stays. Without it,
   * any epoch.
   */
  readonly epoch?: number;
  /**
   * Receives what was removed as soon as that is certain; the call waits for it. The call may still
   * fail later, and a repetition without anything left gives undefined. A repetition that continues
   * an erasure reports the same again.
   */
  readonly onErased?: (erasure: Erasure) => Promise<void>;
}
