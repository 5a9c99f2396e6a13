import type { Person, ScopeId } from './who.ts';

/**
 * What a person can agree to, each apart: to be found, to look for others, to look for themselves
 * alone, and to have faces made unrecognisable, for which nobody is recognised.
 */
export const PURPOSES = ['enrol', 'search', 'self', 'blur'] as const;

/** Agreeing to one of them is agreeing to none of the others. */
export type Purpose = (typeof PURPOSES)[number];

/** What a person agreed to. */
export interface Terms {
  /** Version of the notice that was agreed to; another version needs a new agreement. */
  readonly version: number;
  /** SHA-256 (hex) of the notice as shown, in its language. */
  readonly noticeHash: string;
  /** Days of storage, counted from the last renewal, that the notice stated; absent from agreements older than this field. */
  readonly retentionDays?: number;
  /** Whether results that name this person may be shown to a whole channel. */
  readonly shown: boolean;
}

/** One person's agreement to one purpose, as the ledger holds it. */
export interface Agreement extends Terms {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The terms alone, of an agreement or an entry that says more. */
export function termsOf({ version, noticeHash, retentionDays, shown }: Terms): Terms {
  return { version, noticeHash, shown, ...(retentionDays !== undefined && { retentionDays }) };
}

/** Whether it is one agreement, given twice. */
export function isSameAgreement(a: Agreement | undefined, b: Agreement): boolean {
  return (
    a?.version === b.version &&
    a.noticeHash === b.noticeHash &&
    a.retentionDays === b.retentionDays &&
    a.shown === b.shown &&
    a.at === b.at
  );
}

/** Where a person stands in one scope, read from the ledger. */
export interface Standing {
  /** Raised by every erasure; 0 for somebody never seen. Work that carries an older epoch is void. */
  readonly epoch: number;
  readonly agreed: { readonly [purpose in Purpose]?: Agreement };
  /** Stored templates of this person, of any pack version. */
  readonly templates: number;
  /** Of these, those of other pack versions than today's: nobody is found by them. Absent for none. */
  readonly outdated?: number;
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
