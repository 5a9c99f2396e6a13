import type { Pack } from '../../models/pack.ts';
import type { FailureCode, FailureDetails } from '../failure.ts';
import type { Heads, Mark, Seen } from './face.ts';

/** What a worker process is told, one job at a time. */
export type Job =
  | { readonly kind: 'open'; readonly pack: Pick<Pack, 'manifest' | 'files'> | undefined }
  | { readonly kind: 'ping' }
  /** To do its work on a drawn picture: to see it with a pack, to draw on it without one. */
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

/** What it says when a job has come whole: from then on its death may be the photo's doing. */
export const BEGUN = 'begun';

/** What it says when the job is done. */
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
  /** The library that is missing, when that is the reason. */
  readonly missing?: string;
}
