/** Counts of values that changed though facefinder did not change them. They name nobody. */
export interface Damage {
  /**
   * Values with one flipped bit, which can still be unsealed, and marks that differ from the
   * ledger.
   */
  readonly mendable: number;
  /**
   * How many values cannot be read any more, by kind. Their people cannot be found, but can still
   * leave.
   */
  readonly unreadable: Readonly<Record<DamagedKind, number>>;
}

/**
 * The kind of a damaged value. `list`: a person's list of groups. `template`: counts a missing
 * vector too.
 */
export type DamagedKind = 'key' | 'place' | 'settings' | 'person' | 'template' | 'list';

/** Counts damage while a whole store is read. */
export interface Tally {
  /** Counts a sealed value of this kind: whole, with a flipped bit, or unreadable (undefined). */
  readonly count: (kind: DamagedKind, found: { readonly isWhole: boolean } | undefined) => void;
  /** Counts a mark that says something else than the ledger, and can be corrected. */
  readonly mark: () => void;
  readonly damage: () => Damage;
}

/** A tally that has counted nothing yet. */
export function newTally(): Tally {
  let mendable = 0;
  const unreadable: Record<DamagedKind, number> = { key: 0, place: 0, settings: 0, person: 0, template: 0, list: 0 };
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
