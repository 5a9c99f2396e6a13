import { leafOf } from '../consent/head.ts';
import type { LedgerEntry } from '../consent/ledger.ts';
import { appended, type Peaks, peaksOf, rootOf, type Seen } from '../consent/merkle.ts';
import type { ReceiptSigner } from '../consent/receipt.ts';
import { DAY_MS } from '../consent/sweep.ts';
import type { ScopeId } from '../consent/who.ts';
import { TOMBSTONE_RETENTION_MS, type Tombstone } from '../gallery/erasure.ts';
import { FOR_EVER, type Pending } from '../queue/pending.ts';
import { type Kept, shelf } from '../queue/sealed-shelf.ts';
import type { Keys } from '../secrets/keys.ts';

/** What the second place knows of a scope's ledger. */
export interface Anchor {
  readonly seen: Seen;
  readonly peaks: Peaks;
  /** The hash of the last entry. */
  readonly last: string;
  /** The signed head, a JWS. */
  readonly head: string;
}

/** What is stored as a scope's anchor. `anchor` is undefined when that is unreadable. */
export type KeptAnchor = Pick<Kept<Anchor>, 'item'> & { readonly anchor: Anchor | undefined };

/** An erasure in the journal. */
export interface Noted extends Tombstone {
  /** Set when the entry is unreadable. Then `epoch` is 1, the lowest that an erasure can have. */
  readonly isUnreadable?: true;
}

/**
 * The second place. It is not copied together with the gallery's store, and so it shows when
 * somebody puts an older copy of that store back. It keeps the heads of ledgers, and a journal of
 * erasures (keyed hashes and epochs). All of it is sealed. Its calls throw as those of {@link
 * Pending}.
 */
export interface Witness extends AsyncDisposable {
  /**
   * Since when the second place knows the gallery, milliseconds since 1970. Undefined when it does
   * not know the gallery, or has lost its data.
   */
  begun(): Promise<number | undefined>;
  begin(at: number): Promise<void>;
  /** Whether {@link Witness.move} has noted that the gallery lives in another store now. */
  isMoved(): Promise<boolean>;
  move(at: number): Promise<void>;
  anchor(scope: ScopeId): Promise<KeptAnchor | undefined>;
  /** The readable anchors. */
  anchors(): Promise<ReadonlyMap<ScopeId, Anchor>>;
  /** The scopes that have an anchor, readable or not. */
  scopes(): Promise<ScopeId[]>;
  /**
   * Replaces the anchor `before` of a scope (undefined: there is none yet). False when the scope
   * has another anchor by now.
   */
  advance(scope: ScopeId, before: KeptAnchor | undefined, anchor: Anchor): Promise<boolean>;
  /** Replaces all anchors, after the gallery was restored from a backup or moved here. */
  replaceAnchors(anchors: ReadonlyMap<ScopeId, Anchor>): Promise<void>;
  journal(): Promise<Noted[]>;
  /** Notes erasures. Of one person's erasures, the one with the highest epoch stays. */
  note(erasures: readonly Tombstone[]): Promise<void>;
  /**
   * As {@link Witness.note}, for erasures that no sweep has seen yet. If one has an earlier time
   * than the last sweep, the clock was behind. It is noted with the time of the last sweep, so that
   * it is not forgotten as soon as the clock is right.
   */
  noteNew(erasures: readonly Tombstone[]): Promise<void>;
  /**
   * Drops erasures that were kept for long enough. Only a sweep may call it, because a sweep stops
   * when the clock has jumped. Before the first sweep no clock was checked, so the first call drops
   * nothing. What seems to be over then counts from `now` on.
   */
  tidy(now: number): Promise<void>;
  /**
   * The time of the latest erasure that {@link Witness.tidy} has dropped, milliseconds since 1970.
   * Undefined when it has dropped none. A backup from before this time may not be restored, because
   * it could bring back somebody whose erasure is no longer known. That holds even if a clock was
   * ahead, so that erasures were dropped too early.
   */
  forgotten(): Promise<number | undefined>;
  noteForgotten(at: number): Promise<void>;
}

const BEGUN = 'begun';
const MOVED = 'moved';
const FORGOTTEN = 'forgotten';
const TIDIED = 'tidied';

/** If sweeps tell an earlier time than the latest noted one for so long, that one was wrong. */
const DOUBTED_MS = 30 * DAY_MS;

type Erased = Omit<Tombstone, 'hash'>;

/** The latest time that a sweep told, and since when sweeps have told an earlier one. */
interface Tidied {
  readonly at: number;
  readonly earlierSince?: number;
}

/** What {@link Tidied} is after one more sweep, which tells the time `now`. */
function afterSweep(before: Tidied | undefined, now: number): Tidied {
  if (!before || now >= before.at) return { at: now };
  const { at, earlierSince = now } = before;
  return now - earlierSince < DOUBTED_MS ? { at, earlierSince: Math.min(earlierSince, now) } : { at: now };
}

/**
 * Opens a second place on shelves of `pending`, which must be in another store than the gallery.
 * When the second place is disposed, it disposes `close`.
 */
export function witnessOn(pending: Pending, keys: Pick<Keys, 'jobs'>, close?: AsyncDisposable): Witness {
  const heads = shelf<Anchor>(pending, keys, 'anchor');
  const erasures = shelf<Erased>(pending, keys, 'journal');
  const beginnings = shelf<number>(pending, keys, 'witness');
  const times = shelf<Tidied>(pending, keys, 'witness');
  const item = (scope: ScopeId, value: Anchor) => ({ id: scope, owner: '', value, expiresAt: FOR_EVER });

  async function journal(): Promise<Noted[]> {
    return (await erasures.list()).map(({ id, expiresAt, righted }): Noted => {
      const told = righted();
      if (told) return { hash: id, ...told };
      return { hash: id, epoch: 1, at: expiresAt - TOMBSTONE_RETENTION_MS, isUnreadable: true };
    });
  }

  async function anchors(): Promise<Map<ScopeId, Anchor>> {
    const found = (await heads.list()).map(({ id, righted }) => [id as ScopeId, righted()] as const);
    return new Map(found.flatMap(([scope, anchor]) => (anchor ? [[scope, anchor]] : [])));
  }

  async function forgotten(): Promise<number | undefined> {
    return (await beginnings.read(FORGOTTEN))?.righted();
  }

  /** Notes the time, unless a later one is noted. */
  async function noteForgotten(at: number): Promise<void> {
    const value = Math.max(at, (await forgotten()) ?? at);
    await beginnings.put({ id: FORGOTTEN, owner: '', value, expiresAt: FOR_EVER });
  }

  // The time in the sealed value counts. Only if that is unreadable, the item's expiry does.
  const notedAt = ({ righted, expiresAt }: Kept<Erased>) => righted()?.at ?? expiresAt - TOMBSTONE_RETENTION_MS;
  const tidied = async () => (await times.read(TIDIED))?.righted();

  async function note(told: readonly Tombstone[]): Promise<void> {
    for (const { hash, epoch, at } of told) {
      const known = await erasures.read(hash);
      if (known && (known.righted()?.epoch ?? 0) >= epoch) continue;
      await put({ hash, epoch, at });
    }
  }

  async function put({ hash, epoch, at }: Tombstone): Promise<void> {
    await erasures.put({ id: hash, owner: '', value: { epoch, at }, expiresAt: at + TOMBSTONE_RETENTION_MS });
  }

  return {
    begun: async () => (await beginnings.read(BEGUN))?.righted(),
    async begin(at) {
      await beginnings.put({ id: BEGUN, owner: '', value: at, expiresAt: FOR_EVER });
    },

    isMoved: async () => (await beginnings.read(MOVED)) !== undefined,
    async move(at) {
      await beginnings.put({ id: MOVED, owner: '', value: at, expiresAt: FOR_EVER });
    },

    async anchor(scope) {
      const kept = await heads.read(scope);
      return kept && { item: kept.item, anchor: kept.righted() };
    },
    anchors,
    scopes: async () => (await heads.list()).map(({ id }) => id as ScopeId),
    async advance(scope, before, anchor) {
      if (before) return await heads.replace(before, anchor);
      return (await heads.add(item(scope, anchor))) !== undefined;
    },
    async replaceAnchors(fresh) {
      for (const { id } of await heads.list()) if (!fresh.has(id as ScopeId)) await heads.drop(id);
      for (const [scope, anchor] of fresh) await heads.put(item(scope, anchor));
    },

    journal,
    note,
    async noteNew(told) {
      const { at: last } = (await tidied()) ?? { at: Number.NEGATIVE_INFINITY };
      await note(told.map((one) => ({ ...one, at: Math.max(one.at, last) })));
    },
    async tidy(now) {
      const before = await tidied();
      const over = (await erasures.list()).filter((one) => notedAt(one) + TOMBSTONE_RETENTION_MS <= now);
      if (before) {
        // The time is noted before anything is dropped, so that nothing is dropped without a note
        // even if the process ends in between.
        if (over.length > 0) await noteForgotten(Math.max(...over.map(notedAt)));
        for (const { id } of over) await erasures.drop(id);
      } else {
        for (const { id: hash, righted } of over) await put({ hash, epoch: righted()?.epoch ?? 1, at: now });
      }
      await times.put({ id: TIDIED, owner: '', value: afterSweep(before, now), expiresAt: FOR_EVER });
    },
    forgotten,
    noteForgotten,

    async [Symbol.asyncDispose]() {
      await close?.[Symbol.asyncDispose]();
    },
  };
}

/**
 * Makes the anchor of a ledger from an earlier anchor `known` and the entries after that (`fresh`).
 * Without `known`, `fresh` has all entries. `now`: milliseconds since 1970.
 */
export async function anchorOf(
  { signHead }: Pick<ReceiptSigner, 'signHead'>,
  scope: ScopeId,
  fresh: readonly LedgerEntry[],
  now: number,
  known?: Anchor,
): Promise<Anchor> {
  const [size, before] = [known?.seen.size ?? 0, known?.peaks ?? []];
  const peaks = fresh.reduce<Peaks>((so, entry, index) => appended(size + index, so, leafOf(entry)), before);
  const seen = { size: size + fresh.length, root: rootOf(peaks) };
  return { seen, peaks, last: fresh.at(-1)?.hash ?? known?.last ?? '', head: await signHead(scope, seen, now) };
}

/** Whether the ledger with these entries still begins as the anchor says. */
export function agrees({ seen: { size, root } }: Anchor, entries: readonly LedgerEntry[]): boolean {
  return entries.length >= size && rootOf(peaksOf(entries.slice(0, size).map(leafOf))) === root;
}
