import { createHash } from 'node:crypto';
import type { Purpose, Terms } from './consent.ts';
import type { Seen } from './merkle.ts';
import type { Person } from './who.ts';

/**
 * What happened. It holds only salted hashes: without the salt, an entry says what happened but not
 * to whom.
 */
export type LedgerEvent =
  | ({ readonly kind: 'agreed'; readonly purpose: Purpose } & Terms)
  | { readonly kind: 'enrolled'; readonly pack: string; readonly templates: number }
  /** A dispute about the person's face was decided. */
  | { readonly kind: 'decided'; readonly outcome: 'yours' | 'theirs' }
  | { readonly kind: 'erased'; readonly reason: string }
  | Restored;

/**
 * The ledger was restored from a backup. It concerns no person, so its subject is {@link NOBODY}.
 */
export interface Restored {
  readonly kind: 'restored';
  /** When the backup was made, milliseconds since 1970. */
  readonly backupAt: number;
  /**
   * The ledger before the restore, as the second place knew it: the number of entries and their
   * root.
   */
  readonly lost?: Seen;
}

/** The subject of entries that concern no person. */
export const NOBODY = '0'.repeat(64);

/** One entry of a scope's append-only, hash-chained ledger. */
export type LedgerEntry = LedgerEvent & {
  /** From 0, without gaps. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** SHA-256 (hex) of the person's salt and platform id. */
  readonly subject: string;
  /** Hash of the entry before; 64 zeros for the first. */
  readonly previous: string;
  /** SHA-256 (hex) over all the other fields in {@link canonical} form. */
  readonly hash: string;
};

/** A record was removed because neither it nor its person could be read any more. */
export const UNREADABLE: LedgerEvent = { kind: 'erased', reason: 'unreadable' };

/**
 * The event that a store holds as JSON. Invalid JSON becomes an event that its entry's hash does
 * not fit.
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

/** An entry as a store holds it: what happened is JSON. */
export interface StoredEntry {
  readonly seq: number;
  readonly at: number;
  readonly subject: string;
  readonly event: string;
  readonly previous: string;
  readonly hash: string;
}

/**
 * The entry as stored, with one flipped bit of its event or hash repaired by the hash. An entry
 * with more damage is returned as it is, and {@link isUnchanged} is false for it.
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
 * Index of the first entry that was changed, removed, reordered or forged; undefined for a whole
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

/** JSON with sorted keys, so that an entry has the same bytes whatever the store's column order. */
function canonical(entry: Unhashed): string {
  return JSON.stringify(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
}
