import type { Standing } from '../../consent/consent.ts';
import { subjectOf } from '../../consent/ledger.ts';
import { nothingHeld } from '../../consent/standing.ts';
import type { Person } from '../../consent/who.ts';
import type { ErasureReason } from '../erasure.ts';
import type { Dispute, PackVersion } from '../gallery.ts';
import { newSalt } from '../rules/identity.ts';
import type { Version } from './documents.ts';
import type { Owed } from './ledger.ts';

/** A template, without its vector. `id` is also the id of the document with the vector. */
export interface Template {
  readonly id: string;
  readonly pack: string;
  readonly enrolledAt: number;
}

/**
 * An enrolment that is not finished. `templates` has the ids of the vectors that it writes. A
 * vector counts only once its id is among the templates of the life.
 */
export interface Intent {
  readonly templates: readonly string[];
  /** Milliseconds since 1970, by the enrolling process's clock. */
  readonly at: number;
}

/**
 * The other person in a dispute, by their record and epoch. The dispute is open while the records
 * of both people name each other as rivals with their present epochs.
 */
export interface Rival {
  readonly record: string;
  readonly epoch: number;
  /**
   * The other person's side. Absent from a dispute that an older facefinder opened; such a dispute
   * hides both people.
   */
  readonly side?: keyof Dispute;
}

/** All data of a person in a scope, except the vectors, the search log and the ledger. */
export interface Life {
  readonly person: Person;
  /** Base64. */
  readonly salt: string;
  readonly agreed: Standing['agreed'];
  readonly confirmedAt?: number;
  readonly alerts: number;
  readonly templates: readonly Template[];
  readonly intents: readonly Intent[];
  readonly rivals: readonly Rival[];
  /** Events that the ledger still lacks. */
  readonly owed: readonly Owed[];
  /** The number of the person's last entry in the ledger; -1 for none. */
  readonly lastSeq: number;
  /**
   * Set when the person's list of groups names this life. Missing at first, and from lives that an
   * older facefinder began.
   */
  readonly listed?: true;
  /** Rises whenever the marks of the person's vectors (`notice` in their rows) may be wrong. */
  readonly marks: number;
  /** The value of `marks` for which the marks were last corrected. */
  readonly marked: number;
}

/** An erasure that is decided but not yet carried out everywhere. */
export interface Erasing {
  readonly reason: ErasureReason;
  readonly at: number;
  readonly subject: string;
  readonly notice?: { readonly version: number; readonly hash: string };
  readonly templates: number;
  /**
   * The name of the person's list of groups. Absent from an erasure that an older facefinder began.
   */
  readonly memberships?: string;
  readonly rivals: readonly Rival[];
  /** The events that the ledger lacked when the erasure began. */
  readonly owed: readonly Owed[];
  /** The event of the erasure itself. It comes after those in `owed`. */
  readonly event: Owed;
  /** How many rows of the search log there were before the first was removed. */
  readonly finds?: { readonly about: number; readonly by: number };
}

/**
 * What is known of a person in a scope. It is stored in one document, whose id is the person's
 * keyed hash. One write of that document replaces a life by an erasure, so the two never exist at
 * once. A record with neither is a tombstone, or stands for a person about whom nothing is stored.
 * A change is written only if the document still has the version that was read.
 */
export interface PersonRecord {
  readonly id: string;
  readonly epoch: number;
  readonly life?: Life;
  readonly erasing?: Erasing;
  readonly erasedAt?: number;
  /** Set when the sealed part of the document is unreadable. Then life and erasing are absent. */
  readonly unreadable?: true;
  /** Absent when there is no document. */
  readonly version?: Version;
}

export type LivingRecord = PersonRecord & { readonly life: Life };

export function isLiving(record: PersonRecord | undefined): record is LivingRecord {
  return record?.life !== undefined;
}

/** A new life, without agreements. */
export function newLife(person: Person): Life {
  return {
    person,
    salt: Buffer.from(newSalt()).toString('base64'),
    agreed: {},
    alerts: 0,
    templates: [],
    intents: [],
    rivals: [],
    owed: [],
    lastSeq: -1,
    marks: 0,
    marked: 0,
  };
}

export function isUnsettled({ owed, intents, listed, marks, marked }: Life): boolean {
  return owed.length > 0 || intents.length > 0 || !listed || marks !== marked;
}

/** The person's subject in the ledger. Without the salt nobody can compute it. */
export function subjectIn({ salt, person }: Life): string {
  return subjectOf(Buffer.from(salt, 'base64'), person);
}

/** @param pack today's pack */
export function standingOf({ epoch, life }: PersonRecord, pack: PackVersion): Standing {
  if (!life) return nothingHeld(epoch);
  const { agreed, confirmedAt, alerts, templates } = life;
  const outdated = templates.length - ofPack(templates, pack);
  return {
    epoch,
    agreed,
    templates: templates.length,
    alerts,
    ...(outdated > 0 && { outdated }),
    ...(confirmedAt !== undefined && { confirmedAt }),
  };
}

/** How many templates a search with this pack compares. */
export function ofPack(templates: readonly Template[], pack: PackVersion): number {
  return templates.filter((template) => template.pack === pack.id).length;
}
