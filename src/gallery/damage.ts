/** Changes of rows that facefinder did not make. They are counted, never named. */
export interface Damage {
  /**
   * Sealed values with one flipped bit, which can still be read, and marks that differ from the
   * ledger.
   */
  readonly mendable: number;
  /**
   * Values that cannot be read any more, by kind. Nobody finds the people they concern, and those
   * people can still leave.
   */
  readonly unreadable: Readonly<Record<DamagedKind, number>>;
}

/** `list`: a person's list of groups. `template`: also one whose vector is missing. */
export type DamagedKind = 'key' | 'place' | 'settings' | 'person' | 'template' | 'list';

/** Counts what a look at a whole store finds. */
export interface Tally {
  /** Counts a sealed value of this kind: whole, with a flipped bit, or (undefined) unreadable. */
  readonly count: (kind: DamagedKind, found: { readonly isWhole: boolean } | undefined) => void;
  /** Counts a mark beside a value that is wrong and can be corrected. */
  readonly mark: () => void;
  readonly damage: () => Damage;
}

/** A tally without findings. */
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
