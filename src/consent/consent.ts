import type { Person, ScopeId } from './who.ts';

/**
 * What a person can agree to, each on its own: being enrolled, searching for others, searching for
 * themselves alone, and making faces unrecognisable (which recognises nobody).
 */
export const PURPOSES = ['enrol', 'search', 'self', 'blur'] as const;

/** Agreeing to one purpose includes no other. */
export type Purpose = (typeof PURPOSES)[number];

/** What a person agreed to. */
export interface Terms {
  /** Version of the notice. Another version needs a new agreement. */
  readonly version: number;
  /** SHA-256 (hex) of the notice in the language that was shown. */
  readonly noticeHash: string;
  /**
   * Days of storage, counted from the last renewal, as the notice stated. Absent from agreements
   * older than this field.
   */
  readonly retentionDays?: number;
  /** Whether results that name this person may be shown to a whole channel. */
  readonly shown: boolean;
}

/** One person's agreement to one purpose, as it is in the ledger. */
export interface Agreement extends Terms {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The terms alone, without the other fields of an agreement or entry. */
export function termsOf({ version, noticeHash, retentionDays, shown }: Terms): Terms {
  return { version, noticeHash, shown, ...(retentionDays !== undefined && { retentionDays }) };
}

/** Whether both are the same agreement, given twice. */
export function isSameAgreement(a: Agreement | undefined, b: Agreement): boolean {
  return (
    a?.version === b.version &&
    a.noticeHash === b.noticeHash &&
    a.retentionDays === b.retentionDays &&
    a.shown === b.shown &&
    a.at === b.at
  );
}

/** What a person agreed to in one scope, and what the gallery holds about them. */
export interface Standing {
  /** Every erasure raises it; 0 for somebody never seen. Work with an older epoch is void. */
  readonly epoch: number;
  readonly agreed: { readonly [purpose in Purpose]?: Agreement };
  /** Stored templates of this person, of any pack version. */
  readonly templates: number;
  /**
   * How many of these belong to other pack versions than today's: searches do not find them. Absent
   * for none.
   */
  readonly outdated?: number;
  /** When retention was last renewed (agreed or enrolled), milliseconds since 1970. */
  readonly confirmedAt?: number;
  /**
   * How many events the person was not told of yet: attempts of others to enrol this face, and
   * decisions about it.
   */
  readonly alerts: number;
}

declare const admitted: unique symbol;

/**
 * Proof that a person agreed to the notice in force. Only {@link admit} makes it; `openPhoto` and
 * `gallery.enrol` require it.
 */
export interface Consent {
  readonly [admitted]: true;
  readonly scope: ScopeId;
  readonly person: Person;
  readonly purpose: Purpose;
  readonly epoch: number;
  readonly agreement: Agreement;
}

/**
 * The one gate. Gives a {@link Consent} if `person` agreed to `purpose` under notice `version`;
 * else undefined, and the notice must be shown. Pure: the caller has just read `standing`, and the
 * gallery checks again when it writes.
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
