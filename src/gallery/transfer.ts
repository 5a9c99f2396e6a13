import type { LedgerEntry } from '../consent/ledger.ts';
import type { GroupSettings } from '../consent/settings.ts';
import type { Person, Place, ScopeId } from '../consent/who.ts';
import type { Tombstone } from './erasure.ts';
import type { FoundBy } from './gallery.ts';

/**
 * A gallery on its way into another store under the same MASTER_KEY. Scopes keep their ids and
 * keys, and people their salts, so that ledgers, tombstones and earlier receipts stay true. Nothing
 * in it is sealed, so it may exist only in memory.
 */
export interface GalleryExport {
  /** The gallery's id. It stays the same in the other store. */
  id(): Promise<string>;
  /** One scope at a time, each as of one moment. */
  scopes(): AsyncIterable<ScopeExport>;
  /** Ledgers of scopes that were dropped. */
  oldLedgers(): AsyncIterable<{ readonly scope: ScopeId; readonly ledger: readonly LedgerEntry[] }>;
  tombstones(): Promise<readonly Tombstone[]>;
  /** The id of the pack that was adopted last; undefined before anybody listened. */
  pack(): Promise<string | undefined>;
  /** Versions of the notice, each with its start, milliseconds since 1970. */
  notices(): Promise<readonly { readonly version: number; readonly since: number }[]>;
}

export interface ScopeExport {
  readonly scope: ScopeId;
  readonly key: Uint8Array;
  /** The latest place comes first. */
  readonly places: readonly Place[];
  /** Absent when there are none, and from exports of an older facefinder. */
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
  /** Undefined once the finder was erased. */
  readonly finder: Person | undefined;
  readonly kind: FoundBy['kind'];
  readonly at: number;
}

/** The size of a gallery on its way, in numbers. */
export interface Contents {
  readonly scopes: number;
  readonly people: number;
  readonly templates: number;
  readonly entries: number;
}

export const NOTHING: Contents = { scopes: 0, people: 0, templates: 0, entries: 0 };

/** `before` plus one scope. */
export function counted(before: Contents, { people, ledger }: ScopeExport): Contents {
  return {
    scopes: before.scopes + 1,
    people: before.people + people.length,
    templates: before.templates + people.reduce((sum, { templates }) => sum + templates.length, 0),
    entries: before.entries + ledger.length,
  };
}
