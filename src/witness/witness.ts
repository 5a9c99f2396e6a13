import { leafOf } from '../consent/head.ts';
import type { LedgerEntry } from '../consent/ledger.ts';
import { appended, type Peaks, peaksOf, rootOf, type Seen } from '../consent/merkle.ts';
import type { ReceiptSigner } from '../consent/receipt.ts';
import type { ScopeId } from '../consent/who.ts';
import { TOMBSTONE_RETENTION_MS, type Tombstone } from '../gallery/erasure.ts';
import { FOR_EVER, type Pending } from '../queue/pending.ts';
import { type Kept, shelf } from '../queue/sealed-shelf.ts';
import type { Keys } from '../secrets/keys.ts';

/** What is known of a scope's ledger: its number of entries, and their signed head. */
export interface Anchor {
  readonly seen: Seen;
  readonly peaks: Peaks;
  /** Hash of the last entry. */
  readonly last: string;
  /** The signed head, as JWS. */
  readonly head: string;
}

/** An anchor as it was read. */
export type KeptAnchor = Pick<Kept<Anchor>, 'item'> & { readonly anchor: Anchor };

/**
 * The second place. It does not travel with the gallery's store, so that the store's past cannot
 * return unnoticed. It keeps the ledgers' heads and a journal of erasures: keyed hashes and epochs.
 * All is sealed, and calls fail as those of {@link Pending}.
 */
export interface Witness extends AsyncDisposable {
  /**
   * Since when it knows the gallery, milliseconds since 1970; undefined when it does not, or lost
   * its memory.
   */
  begun(): Promise<number | undefined>;
  begin(at: number): Promise<void>;
  /** Whether {@link Witness.move} has noted that the gallery lives in another store now. */
  isMoved(): Promise<boolean>;
  move(at: number): Promise<void>;
  anchor(scope: ScopeId): Promise<KeptAnchor | undefined>;
  anchors(): Promise<ReadonlyMap<ScopeId, Anchor>>;
  /** Replaces the anchor `before` (undefined: none). False when another anchor is there by now. */
  advance(scope: ScopeId, before: KeptAnchor | undefined, anchor: Anchor): Promise<boolean>;
  /** Replaces all anchors, after a gallery was restored or moved here. */
  replaceAnchors(anchors: ReadonlyMap<ScopeId, Anchor>): Promise<void>;
  journal(): Promise<Tombstone[]>;
  /** Notes erasures. For each person, the one with the highest epoch stays. */
  note(erasures: readonly Tombstone[]): Promise<void>;
  /** Forgets erasures past their time. Only for a sweep, which notices a clock that jumps. */
  tidy(now: number): Promise<void>;
  /**
   * The time of the latest erasure that {@link Witness.tidy} has forgotten, milliseconds since
   * 1970; undefined when it has forgotten none. No backup from before this time may be restored,
   * because it could bring back somebody unnoticed. This matters when a clock ran ahead, so that
   * erasures were forgotten too early.
   */
  forgotten(): Promise<number | undefined>;
  noteForgotten(at: number): Promise<void>;
}

const BEGUN = 'begun';
const MOVED = 'moved';
const FORGOTTEN = 'forgotten';

/** A witness on shelves of `pending`, another store than the gallery's. It disposes of `close`. */
export function witnessOn(pending: Pending, keys: Pick<Keys, 'jobs'>, close?: AsyncDisposable): Witness {
  const heads = shelf<Anchor>(pending, keys, 'anchor');
  const erasures = shelf<Omit<Tombstone, 'hash'>>(pending, keys, 'journal');
  const beginnings = shelf<number>(pending, keys, 'witness');
  const item = (scope: ScopeId, value: Anchor) => ({ id: scope, owner: '', value, expiresAt: FOR_EVER });

  async function journal(): Promise<Tombstone[]> {
    return (await erasures.list()).flatMap(({ id, value }) => {
      const told = readable(value);
      return told ? [{ hash: id, ...told }] : [];
    });
  }

  async function anchors(): Promise<Map<ScopeId, Anchor>> {
    const found = (await heads.list()).map(({ id, value }) => [id as ScopeId, readable(value)] as const);
    return new Map(found.flatMap(([scope, anchor]) => (anchor ? [[scope, anchor]] : [])));
  }

  async function forgotten(): Promise<number | undefined> {
    const kept = await beginnings.read(FORGOTTEN);
    return kept && readable(kept.value);
  }

  /** Keeps the latest. */
  async function noteForgotten(at: number): Promise<void> {
    const value = Math.max(at, (await forgotten()) ?? at);
    await beginnings.put({ id: FORGOTTEN, owner: '', value, expiresAt: FOR_EVER });
  }

  return {
    async begun() {
      const kept = await beginnings.read(BEGUN);
      return kept && readable(kept.value);
    },
    async begin(at) {
      await beginnings.put({ id: BEGUN, owner: '', value: at, expiresAt: FOR_EVER });
    },

    isMoved: async () => (await beginnings.read(MOVED)) !== undefined,
    async move(at) {
      await beginnings.put({ id: MOVED, owner: '', value: at, expiresAt: FOR_EVER });
    },

    async anchor(scope) {
      const kept = await heads.read(scope);
      const anchor = kept && readable(kept.value);
      return kept && anchor && { item: kept.item, anchor };
    },
    anchors,
    async advance(scope, before, anchor) {
      if (before) return await heads.replace(before, anchor);
      return (await heads.add(item(scope, anchor))) !== undefined;
    },
    async replaceAnchors(fresh) {
      for (const { id } of await heads.list()) if (!fresh.has(id as ScopeId)) await heads.drop(id);
      for (const [scope, anchor] of fresh) await heads.put(item(scope, anchor));
    },

    journal,
    async note(told) {
      for (const { hash, epoch, at } of told) {
        const known = await erasures.read(hash);
        if (known && (readable(known.value)?.epoch ?? 0) >= epoch) continue;
        await erasures.put({ id: hash, owner: '', value: { epoch, at }, expiresAt: at + TOMBSTONE_RETENTION_MS });
      }
    },
    async tidy(now) {
      const over = (await erasures.list()).filter(({ expiresAt }) => expiresAt <= now);
      // This comes first, so that a crash in between forgets nobody unnoticed.
      if (over.length > 0)
        await noteForgotten(Math.max(...over.map(({ expiresAt }) => expiresAt)) - TOMBSTONE_RETENTION_MS);
      for (const { id } of over) await erasures.drop(id);
    },
    forgotten,
    noteForgotten,

    async [Symbol.asyncDispose]() {
      await close?.[Symbol.asyncDispose]();
    },
  };
}

/** The anchor of a ledger: `known` and these entries after it. `now`: milliseconds since 1970. */
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

/** A value that does not open counts as lost, and is written anew. */
function readable<T>(value: () => T): T | undefined {
  try {
    return value();
  } catch {
    return undefined;
  }
}
