/** What became of rows that facefinder did not change itself; counted, never named. */
export interface Damage {
  /** Sealed values with one flipped bit, which are read all the same, and marks that say something else than the ledger. */
  readonly mendable: number;
  /** Values that nothing can read any more, by what they were. Who they were about is found by nobody, and can leave. */
  readonly unreadable: Readonly<Record<DamagedKind, number>>;
}

/** `list`: of somebody's groups. `template`: also one whose vector is gone. */
export type DamagedKind = 'key' | 'place' | 'settings' | 'person' | 'template' | 'list';

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
