import { createHash } from 'node:crypto';
import type { Purpose, Terms } from './consent.ts';
import type { Seen } from './merkle.ts';
import type { Person } from './who.ts';

/**
 * An event in the ledger. Its entry names the person only by a salted hash: without the salt, the
 * entry tells what happened, but not to whom.
 */
export type LedgerEvent =
  | ({ readonly kind: 'agreed'; readonly purpose: Purpose } & Terms)
  | { readonly kind: 'enrolled'; readonly pack: string; readonly templates: number }
  /** A dispute about the person's face was decided. */
  | { readonly kind: 'decided'; readonly outcome: 'yours' | 'theirs' }
  | { readonly kind: 'erased'; readonly reason: string }
  | Restored;

/**
 * The event that a ledger was restored from a backup. It concerns no person, so its subject is
 * {@link NOBODY}.
 */
export interface Restored {
  readonly kind: 'restored';
  /** When the backup was made, milliseconds since 1970. */
  readonly backupAt: number;
  /**
   * The ledger before the restore, as the second place knew it: the number of its entries, and
   * their root.
   */
  readonly lost?: Seen;
}

/** The subject of an entry that concerns no person. */
export const NOBODY = '0'.repeat(64);

/** One entry of a scope's ledger, which is a chain of hashes. Entries are only ever added. */
export type LedgerEntry = LedgerEvent & {
  /** The number of the entry. It counts from 0, without gaps. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** SHA-256 (hex) of the person's salt, platform and id. */
  readonly subject: string;
  /** The hash of the entry before this one; 64 zeros for the first. */
  readonly previous: string;
  /** SHA-256 (hex) of all the other fields in {@link canonical} form. */
  readonly hash: string;
};

/**
 * The event that a record was removed, because neither the record nor its person could be read any
 * more.
 */
export const UNREADABLE: LedgerEvent = { kind: 'erased', reason: 'unreadable' };

/**
 * The event from a store's JSON. From invalid JSON it makes an event that does not fit the entry's
 * hash, so that {@link isUnchanged} is false.
 */
function eventOf(json: string): LedgerEvent {
  try {
    return JSON.parse(json) as LedgerEvent;
  } catch {
    return UNREADABLE;
  }
}

type Unhashed = LedgerEntry extends infer E ? (E extends LedgerEntry ? Omit<E, 'hash'> : never) : never;

const FIRST = '0'.repeat(64);

/** The salted hash that stands for a person in a ledger. */
export function subjectOf(salt: Uint8Array, { platform, id }: Person): string {
  return createHash('sha256').update(salt).update(`${platform}:${id}`).digest('hex');
}

/** The entry that follows `last` in a scope's chain. */
export function nextEntry(
  last: Pick<LedgerEntry, 'seq' | 'hash'> | undefined,
  event: LedgerEvent,
  subject: string,
  at: number,
): LedgerEntry {
  const unhashed = { ...event, seq: (last?.seq ?? -1) + 1, at, subject, previous: last?.hash ?? FIRST };
  return { ...unhashed, hash: hashOf(unhashed) };
}

/** An entry as a store holds it. Its event is JSON. */
export interface StoredEntry {
  readonly seq: number;
  readonly at: number;
  readonly subject: string;
  readonly event: string;
  readonly previous: string;
  readonly hash: string;
}

/**
 * The entry that a store holds. If one bit of its event or hash was flipped, the hash tells which,
 * and it is repaired. An entry with more damage comes as it is, and {@link isUnchanged} is false
 * for it.
 */
export function entryOf({ event, ...row }: StoredEntry): LedgerEntry {
  const stored = { ...eventOf(event), ...row };
  if (isUnchanged(stored)) return stored;
  const { hash: _, ...unhashed } = stored;
  const whole = hashOf(unhashed as Unhashed);
  if (differInOneCharacter(whole, row.hash)) return { ...stored, hash: whole };
  for (const text of flipped(event)) {
    const righted = { ...eventOf(text), ...row };
    if (isUnchanged(righted)) return righted;
  }
  return stored;
}

/** Copies of the text, each with another bit flipped. */
function* flipped(text: string): Generator<string> {
  const bytes = Buffer.from(text, 'latin1');
  for (const [at, byte] of bytes.entries()) {
    for (let bit = 1; bit < 256; bit *= 2) {
      bytes[at] = byte ^ bit;
      yield bytes.toString('latin1');
    }
    bytes[at] = byte;
  }
}

function differInOneCharacter(one: string, other: string): boolean {
  const bytes = Buffer.from(other, 'latin1');
  const flips = [...Buffer.from(one, 'latin1')].map((byte, at) => byte ^ (bytes[at] ?? 0));
  return one.length === other.length && flips.filter(Boolean).length === 1;
}

/** Whether the entry is as it was made. */
export function isUnchanged({ hash, ...rest }: LedgerEntry): boolean {
  return hash === hashOf(rest as Unhashed);
}

/**
 * The index of the first entry that was changed, removed, moved or forged; undefined for a whole
 * chain.
 */
export function firstBreak(entries: readonly LedgerEntry[]): number | undefined {
  let previous = FIRST;
  for (const [index, entry] of entries.entries()) {
    if (entry.seq !== index || entry.previous !== previous || !isUnchanged(entry)) return index;
    previous = entry.hash;
  }
  return undefined;
}

function hashOf(entry: Unhashed): string {
  return createHash('sha256').update(canonical(entry)).digest('hex');
}

/**
 * JSON with sorted keys. So an entry has the same bytes, whatever the order of a store's columns.
 */
function canonical(entry: Unhashed): string {
  return JSON.stringify(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
}
