import type { Damage, DamagedKind } from './gallery.ts';

/** Counts what a look at a whole store finds. */
export interface Tally {
  /** A sealed value of this kind: whole, with a flipped bit, or (undefined) nothing any more. */
  readonly count: (kind: DamagedKind, found: { readonly isWhole: boolean } | undefined) => void;
  /** Something beside a value says what is not so, and can be put right. */
  readonly mark: () => void;
  readonly damage: () => Damage;
}

/** Nothing is found yet. */
export function newTally(): Tally {
  let mendable = 0;
  const unreadable: Record<DamagedKind, number> = { key: 0, place: 0, person: 0, template: 0, list: 0 };
  return {
    count(kind, found) {
      if (!found) unreadable[kind] += 1;
      else if (!found.isWhole) mendable += 1;
    },
    mark() {
      mendable += 1;
    },
    damage: () => ({ mendable, unreadable }),
  };
}
