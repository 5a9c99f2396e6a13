import type { Consent, Purpose } from '../consent/consent.ts';
import type { ScopeId } from '../consent/who.ts';
import type { Faces } from '../face/face.ts';
import type { Words } from '../text/words.ts';
import type { Ask } from './ask.ts';
import type { Reply } from './reply.ts';

/** What every command is given. */
export interface Turn {
  readonly ask: Ask;
  /** Sentences in the asker's language. */
  readonly words: Words;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A turn that carries photos, inside a group and in a worker: its sender agreed. */
export interface PhotoTurn extends Turn {
  readonly scope: ScopeId;
  readonly signal: AbortSignal;
  readonly consent: Consent;
  /** Each fetches one photo, with that consent; one at a time, so that memory holds one. Failures as for {@link Courier}. */
  readonly photos: readonly (() => Promise<Uint8Array>)[];
  readonly faces: Faces;
}

interface Named {
  /** As typed after the slash; lower-case ASCII. */
  readonly name: string;
}

/**
 * What a person can type. `anywhere` runs at once, with or without a group; `photos` needs photos, a group and consent to its
 * purpose: it alone is queued and run by a worker. Returns what replaces the placeholder; throws Failure.
 */
export type Command =
  | (Named & { readonly kind: 'anywhere'; readonly run: (turn: Turn) => Promise<Reply[]> })
  | (Named & {
      readonly kind: 'photos';
      readonly purpose: Purpose;
      readonly maxPhotos: number;
      readonly run: (turn: PhotoTurn) => Promise<Reply[]>;
    });
