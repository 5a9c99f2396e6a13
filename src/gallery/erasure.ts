import type { Seen } from '../consent/merkle.ts';
import type { ScopeId } from '../consent/who.ts';

/**
 * How long an erasure's tombstone stays: 180 days. Sealed jobs and parked asks exist for less than
 * a tenth of that. A backup older than this must not be restored, because nothing would tell who
 * was erased since.
 */
export const TOMBSTONE_RETENTION_MS = 180 * 24 * 60 * 60 * 1000;

/**
 * Why a person is erased. `asked`: they asked for it. `left`: they left the group. `removed`: the
 * bot was removed from it. `admin`: an admin erased the group. `operator`: an operator's verb.
 * `retention`: the person was kept for long enough. `notice`: the person did not agree to the new
 * notice. `moved`: the data are in the group's new scope now. `again`: the person was erased
 * before, and an older copy of the store brought them back.
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
 * What stays after an erasure: a keyed hash and the epoch. The hash is of `person`, scope, platform
 * and id, under the key for tombstones.
 */
export interface Tombstone {
  readonly hash: string;
  /** The person's epoch since the erasure. No life of an older epoch may exist. */
  readonly epoch: number;
  /** The time of the erasure, milliseconds since 1970. */
  readonly at: number;
}

/**
 * The counts of what one erasure removed. They identify nobody, because the erasure destroyed the
 * salt.
 */
export interface Erasure {
  readonly scope: ScopeId;
  readonly reason: ErasureReason;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The person's salted hash in the ledger (hex). */
  readonly subject: string;
  /** The version and hash of the last notice that the person agreed to, if any. */
  readonly notice?: { readonly version: number; readonly hash: string };
  readonly removed: {
    readonly templates: number;
    readonly people: number;
    /** Search-log rows about this person. */
    readonly finds: number;
    /** Search-log rows about others that named this person as the finder. */
    readonly findsByThem: number;
  };
  /** The entry of this erasure in the ledger. */
  readonly entry: { readonly seq: number; readonly hash: string };
  /** The ledger's head after that entry, if the gallery has a second place. */
  readonly head?: Seen;
}

export interface ErasureOptions {
  /**
   * Erases only the life at this epoch, or continues its erasure. A later life stays. Without it, a
   * life at any epoch is erased.
   */
  readonly epoch?: number;
  /**
   * Gets the report of what was removed as soon as that is certain. The call waits for it, and may
   * still fail after it. A repeated call that continues the erasure gives the same report again. A
   * repeated call with nothing left to do gives undefined.
   */
  readonly onErased?: (erasure: Erasure) => Promise<void>;
}
