import type { Seen } from '../consent/merkle.ts';
import type { ScopeId } from '../consent/who.ts';

/**
 * How long an erasure's tombstone stays: 180 days. By then no queued or parked ask of the erased
 * person is left: each exists for less than a tenth of that time. A backup older than this must not
 * be restored, because the tombstones of people who were erased after it may be gone.
 */
export const TOMBSTONE_RETENTION_MS = 180 * 24 * 60 * 60 * 1000;

/**
 * Why a person is erased. `asked`: they asked for it. `left`: they left the group. `removed`: the
 * bot was removed from the group. `admin`: an admin erased the group. `operator`: an operator
 * erased the person. `retention`: the person was kept for long enough. `notice`: the person did not
 * agree to the new notice. `moved`: the person's data were copied to the group's new scope.
 * `again`: the person was erased before, and an older copy of the store brought them back.
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
 * What stays after an erasure: a keyed hash of scope, platform and person's id, under the key for
 * tombstones, and the person's next epoch.
 */
export interface Tombstone {
  readonly hash: string;
  /** The person's epoch after the erasure. Data of the person from an older epoch may not exist. */
  readonly epoch: number;
  /** The time of the erasure, milliseconds since 1970. */
  readonly at: number;
}

/**
 * What one erasure removed, as counts. It identifies nobody: its only trace of the person is
 * `subject`, a hash whose salt the erasure destroyed.
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
    /** Lines of the search log about this person. */
    readonly finds: number;
    /** Lines of the search log about other people, in which this person was the finder. */
    readonly findsByThem: number;
  };
  /** The entry of this erasure in the ledger. */
  readonly entry: { readonly seq: number; readonly hash: string };
  /** The ledger's head after that entry, if the gallery has a second place. */
  readonly head?: Seen;
}

export interface ErasureOptions {
  /**
   * Erases the person only if they are at this epoch, or continues an erasure that began at it.
   * Undefined: the person is erased at any epoch.
   */
  readonly epoch?: number;
  /**
   * Is told what was removed, as soon as that is certain. The call to erase waits for it, and may
   * still fail afterwards. A repeated call that continues the same erasure tells the same again. A
   * repeated call that finds nothing left to do tells nothing, and gives undefined.
   */
  readonly onErased?: (erasure: Erasure) => Promise<void>;
}
