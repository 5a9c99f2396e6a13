/** How many stored values were changed by something else than facefinder. Names nobody. */
export interface Damage {
  /**
   * How many values {@link Mendable.mend} can correct: sealed values with one flipped bit, and
   * marks (see {@link Tally.mark}).
   */
  readonly mendable: number;
  /**
   * How many values cannot be read any more, by kind. A person whose values are among them cannot
   * be found, but can still be erased.
   */
  readonly unreadable: Readonly<Record<DamagedKind, number>>;
}

/**
 * The kind of a damaged value. `list`: a person's list of groups. `template`: a template that is
 * unreadable, or whose vector is missing or wrong.
 */
export type DamagedKind = 'key' | 'place' | 'settings' | 'person' | 'template' | 'list';

/** The calls about damaged values. */
export interface Mendable {
  /** Reads every stored value, counts the damaged ones, and changes nothing. */
  damage(): Promise<Damage>;
  /**
   * Repairs damage where it can, and gives the damage that it found. It corrects values with a
   * flipped bit, writes again what follows from other values, and removes unreadable templates,
   * settings and records of people. It removes a scope whose key is unreadable, with everything in
   * it but its ledger. Unreadable places of groups stay as they are.
   */
  mend(now: number): Promise<Damage>;
}

/** Counts damage while a whole store is read. */
export interface Tally {
  /** Counts a value of this kind. `found` is undefined when the value is unreadable. */
  readonly count: (kind: DamagedKind, found: { readonly isWhole: boolean } | undefined) => void;
  /**
   * Counts a mark that is wrong or missing. A mark repeats what other values say (the notice that a
   * person agreed to, the groups that a person is in), so it can be written again from them.
   */
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
