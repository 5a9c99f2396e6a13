import type { LedgerEntry } from '../consent/ledger.ts';
import type { GroupSettings } from '../consent/settings.ts';
import type { Person, Place, ScopeId } from '../consent/who.ts';
import type { Tombstone } from './erasure.ts';
import type { FoundBy } from './gallery.ts';

/**
 * A whole gallery, read so that it can be written into another store under the same MASTER_KEY.
 * Scopes keep their ids and keys, and people their salts, so that ledgers, tombstones and earlier
 * receipts stay true. No part of it is sealed, so it may be kept only in memory.
 */
export interface GalleryExport {
  /** The gallery's id. It stays the same in the other store. */
  id(): Promise<string>;
  /** The scopes, read one after the other. Each shows its scope as it was at one moment. */
  scopes(): AsyncIterable<ScopeExport>;
  /** The ledgers of scopes that were dropped. */
  oldLedgers(): AsyncIterable<{ readonly scope: ScopeId; readonly ledger: readonly LedgerEntry[] }>;
  tombstones(): Promise<readonly Tombstone[]>;
  /**
   * The id of the pack that was adopted last; undefined when no listener has used the gallery yet.
   */
  pack(): Promise<string | undefined>;
  /**
   * The versions of the notice, each with the time since when it is in force, milliseconds since
   * 1970.
   */
  notices(): Promise<readonly { readonly version: number; readonly since: number }[]>;
}

export interface ScopeExport {
  readonly scope: ScopeId;
  readonly key: Uint8Array;
  /** The latest place comes first. */
  readonly places: readonly Place[];
  /** Absent when the group has none, and from exports of an older facefinder. */
  readonly settings?: GroupSettings;
  readonly ledger: readonly LedgerEntry[];
  readonly people: readonly PersonExport[];
  readonly disputes: readonly (readonly [challenger: Person, holder: Person])[];
  /** Oldest first. */
  readonly finds: readonly FindExport[];
}

export interface PersonExport {
  readonly person: Person;
  readonly epoch: number;
  readonly salt: Uint8Array;
  readonly subject: string;
  readonly alerts: number;
  /** Oldest first. */
  readonly templates: readonly {
    readonly pack: string;
    readonly enrolledAt: number;
    readonly embedding: Float32Array;
  }[];
}

export interface FindExport {
  readonly found: Person;
  /** Undefined when the finder was erased. */
  readonly finder: Person | undefined;
  readonly kind: FoundBy['kind'];
  readonly at: number;
}

/** How much of a gallery was moved. `entries` are those of the ledgers. */
export interface Contents {
  readonly scopes: number;
  readonly people: number;
  readonly templates: number;
  readonly entries: number;
}

export const NOTHING: Contents = { scopes: 0, people: 0, templates: 0, entries: 0 };

/** The contents `before`, with one more scope. */
export function counted(before: Contents, { people, ledger }: ScopeExport): Contents {
  return {
    scopes: before.scopes + 1,
    people: before.people + people.length,
    templates: before.templates + people.reduce((sum, { templates }) => sum + templates.length, 0),
    entries: before.entries + ledger.length,
  };
}
