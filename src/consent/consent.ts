import type { Person, ScopeId } from './who.ts';

/** What a person can agree to. Agreeing to search never enrols. */
export type Purpose = 'search' | 'enrol';

/** One person's agreement to one purpose, as the ledger holds it. */
export interface Agreement {
  /** Version of the notice that was agreed to; another version needs a new agreement. */
  readonly version: number;
  /** SHA-256 (hex) of the notice as shown, in its language. */
  readonly noticeHash: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether results that name this person may be shown to a whole channel. */
  readonly shown: boolean;
}

/** Where a person stands in one scope, read from the ledger. */
export interface Standing {
  /** Raised by every erasure; 0 for somebody never seen. Work that carries an older epoch is void. */
  readonly epoch: number;
  readonly agreed: { readonly [purpose in Purpose]?: Agreement };
  /** Stored templates of this person, of any pack version. */
  readonly templates: number;
  /** When retention was last renewed (agreed or enrolled), milliseconds since 1970. */
  readonly confirmedAt?: number;
  /** Attempts by others to enrol this person's face that this person has not been told of. */
  readonly alerts: number;
}

declare const admitted: unique symbol;

/** Proof, made only by {@link admit}, that a person agreed to the notice in force. `openPhoto` and `gallery.enrol` demand it. */
export interface Consent {
  readonly [admitted]: true;
  readonly scope: ScopeId;
  readonly person: Person;
  readonly purpose: Purpose;
  readonly epoch: number;
  readonly agreement: Agreement;
}

/**
 * The one gate: a {@link Consent} if `person` agreed to `purpose` under notice `version`, else undefined
 * (then the notice must be shown). Pure; the caller read `standing` a moment ago, and the gallery checks again as it writes.
 */
export function admit(
  scope: ScopeId,
  person: Person,
  purpose: Purpose,
  standing: Standing,
  version: number,
): Consent | undefined {
  const agreement = standing.agreed[purpose];
  if (agreement?.version !== version) return undefined;
  return { scope, person, purpose, epoch: standing.epoch, agreement } as Consent;
}
