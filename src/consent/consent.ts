import type { Person, ScopeId } from './who.ts';

/**
 * The purposes that a person can agree to, each on its own: to be enrolled, to search for others,
 * to search only for themselves, and to make faces unrecognisable, which compares no face.
 */
export const PURPOSES = ['enrol', 'search', 'self', 'blur'] as const;

/** A person who has agreed to one purpose has not agreed to any other. */
export type Purpose = (typeof PURPOSES)[number];

/** The terms that a person agreed to. */
export interface Terms {
  /** Version of the notice. Another version needs a new agreement. */
  readonly version: number;
  /** SHA-256 (hex) of the notice in the language that was shown. */
  readonly noticeHash: string;
  /**
   * The days of storage that the notice stated, counted from the last renewal. Absent from old
   * agreements, which did not note them.
   */
  readonly retentionDays?: number;
  /** Whether a whole group may be shown results that name this person. */
  readonly shown: boolean;
}

/** One person's agreement to one purpose, as it is in the ledger. */
export interface Agreement extends Terms {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The terms of an agreement or entry, without its other fields. */
export function termsOf({ version, noticeHash, retentionDays, shown }: Terms): Terms {
  return { version, noticeHash, shown, ...(retentionDays !== undefined && { retentionDays }) };
}

/**
 * Whether both are the same agreement. A gallery that is given an agreement twice stores it once.
 */
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
  /**
   * Every erasure raises the epoch. It is 0 before the first. Work that began in an older epoch is
   * void.
   */
  readonly epoch: number;
  readonly agreed: { readonly [purpose in Purpose]?: Agreement };
  /** How many templates of this person are stored, of any pack version. */
  readonly templates: number;
  /**
   * How many of these templates belong to other pack versions than the one in use. Searches do not
   * find them. Absent when there are none.
   */
  readonly outdated?: number;
  /**
   * When the person last agreed or enrolled, which renews their retention; milliseconds since 1970.
   */
  readonly confirmedAt?: number;
  /**
   * How many events the person was not told of yet. An event: somebody else tried to enrol this
   * face, or an operator decided about it.
   */
  readonly alerts: number;
}

declare const admitted: unique symbol;

/**
 * The proof that a person agreed to the notice in force. Only {@link admit} makes it. `openPhoto`
 * and `gallery.enrol` require it.
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
 * The one gate. Gives a {@link Consent} if `person` agreed to `purpose` under notice `version`.
 * Otherwise it gives undefined, and the notice must be shown. It reads no store: the caller has
 * just read `standing`, and the gallery checks again when it writes.
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
