import type { Pack } from '../../models/pack.ts';
import type { FailureCode, FailureDetails } from '../failure.ts';
import type { Heads, Mark, Seen } from './face.ts';

/** The jobs that a child can be told to do, one at a time. */
export type Job =
  | { readonly kind: 'open'; readonly pack: Pick<Pack, 'manifest' | 'files'> | undefined }
  | { readonly kind: 'ping' }
  /**
   * The child tries its parts on a drawn picture. With a pack, it looks for faces in the picture,
   * and embeds a piece of it. Without a pack, it only draws, with no marks.
   */
  | { readonly kind: 'try'; readonly pack: Pick<Pack, 'manifest' | 'files'> | undefined }
  | { readonly kind: 'see'; readonly photo: Uint8Array }
  | { readonly kind: 'heads'; readonly photo: Uint8Array }
  | {
      readonly kind: 'draw';
      readonly photo: Uint8Array;
      readonly marks: readonly Mark[];
      readonly frame: number;
      readonly side: number;
    };

/**
 * The message by which a child says that it has received a whole job. If the child dies after it,
 * the photo may be the reason.
 */
export const BEGUN = 'begun';

/** The message by which a child says that the job is done or has failed. */
export type Answer =
  | { readonly kind: 'opened' }
  | { readonly kind: 'pong' }
  | { readonly kind: 'tried' }
  | { readonly kind: 'seen'; readonly seen: Seen }
  | { readonly kind: 'headed'; readonly heads: Heads }
  | { readonly kind: 'drawn'; readonly picture: Uint8Array }
  | Failed;

interface Failed {
  readonly kind: 'failed';
  readonly code: FailureCode;
  readonly details: FailureDetails;
  readonly reason: string;
  /** The name of the library that is missing, if that is the reason. */
  readonly missing?: string;
}
