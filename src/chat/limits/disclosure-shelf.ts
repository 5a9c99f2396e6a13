import { Failure } from '../../failure.ts';
import type { Pending } from '../../queue/pending.ts';
import { type Kept, type SealedShelf, shelf } from '../../queue/sealed-shelf.ts';
import type { Keys } from '../../secrets/keys.ts';

/** What the shelf keeps about one person, under the person's keyed hash. */
export interface Revealed {
  /** When the group's budget is full again, milliseconds since 1970. */
  readonly group: number;
  /** What each asker was told, by their keyed hash. */
  readonly askers: Readonly<Record<string, ToldAsker>>;
}

/** What one asker was told about one person. */
export interface ToldAsker {
  /** When the asker's budget is full again, milliseconds since 1970. */
  readonly renewed: number;
  /**
   * The last asks that spent some of the budget, oldest first, and whether the answer told a
   * distance. Absent from items that an older facefinder wrote.
   */
  readonly asks?: readonly ToldAsk[];
}

type ToldAsk = readonly [ask: string, isDistance: boolean];

/**
 * How many of an asker's last asks are remembered. These can run again without spending anything: a
 * queue has two asks of one person at most, and each may have been sent twice.
 */
const ASKS_REMEMBERED = 4;

/** The shelf of what was revealed about each person. It fails as {@link Pending} says. */
export interface RevealedShelf extends Pick<SealedShelf<Revealed>, 'read' | 'drop'> {
  /** Writes a person's value over `kept`. False when the item has changed since it was read. */
  readonly write: (id: string, kept: Kept<Revealed> | undefined, value: Revealed) => Promise<boolean>;
  /** Adds `more` to the stored value. */
  readonly join: (id: string, more: Revealed) => Promise<void>;
}

/** How often to try a write of an item when others write the same item first. */
export const TRIES_TO_NOTE = 100;

/** Opens the shelf on `pending`; `now` is in milliseconds since 1970. */
export function revealedOn(pending: Pending, keys: Keys, now: () => number): RevealedShelf {
  const { read, drop, add, replace } = shelf<Revealed>(pending, keys, 'revealed');

  async function write(id: string, kept: Kept<Revealed> | undefined, value: Revealed): Promise<boolean> {
    const expiresAt = Math.max(value.group, ...Object.values(value.askers).map(({ renewed }) => renewed));
    if (kept) return await replace(kept, value, expiresAt);
    return (await add({ id, owner: id, value, expiresAt })) !== undefined;
  }

  async function join(id: string, more: Revealed): Promise<void> {
    for (let attempt = 0; attempt < TRIES_TO_NOTE; attempt++) {
      const kept = await read(id);
      if (await write(id, kept, kept ? together(toldBy(kept), more, now()) : more)) return;
    }
    throw tooMany();
  }

  return { read, drop, write, join };
}

/**
 * The stored value. A damaged value counts as empty, and the next write replaces it. So damage
 * keeps nobody from being found.
 */
export function toldBy(kept: Kept<Revealed> | undefined): Revealed {
  return kept?.righted() ?? { group: 0, askers: {} };
}

/** What an asker was told so far, with one more ask. */
export function withAsk(before: ToldAsker | undefined, renewed: number, ask: ToldAsk): ToldAsker {
  return { renewed, asks: [...(before?.asks ?? []), ask].slice(-ASKS_REMEMBERED) };
}

/** What was revealed in two scopes, added up as if they were one scope. */
function together(one: Revealed, other: Revealed, now: number): Revealed {
  const sum = (a: number, b = 0) => Math.max(a, now) + Math.max(b, now) - now;
  const askers = Object.entries(other.askers).map(([asker, told]) => {
    const known = one.askers[asker] ?? told;
    return [asker, { ...known, renewed: sum(told.renewed, one.askers[asker]?.renewed) }] as const;
  });
  return { group: sum(one.group, other.group), askers: { ...one.askers, ...Object.fromEntries(askers) } };
}

/** The failure when {@link TRIES_TO_NOTE} writes in a row came too late. */
export function tooMany(): Failure {
  return new Failure('busy', { cause: new Error('others are told about the same person') });
}
