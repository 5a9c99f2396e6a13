import type { Asked, Expected, Held } from './expected.ts';
import { ANYTHING } from './judge.ts';

/** A result that a group was shown, as it must stand there. */
export interface ShownResult {
  readonly group: number;
  /** The keys of its messages. */
  readonly keys: readonly string[];
  readonly named: readonly number[];
  /** Who showed it; undefined once they are erased. */
  readonly asker: number | undefined;
  /** Whether a kill leaves open what became of it: the group may see it for ever, or not at all. */
  readonly isUnsure?: boolean;
}

/** The parts of a ledger that say who may be shown. */
interface Ledger {
  readonly rules: ReadonlyMap<number, { readonly showing?: false | undefined }>;
  of(who: number, group: number): Held | undefined;
}

/**
 * The right answer to a button that shows a result to its group. `found`: what the same search
 * finds now.
 */
export function showing(ledger: Ledger, { who, group = 0 }: Asked, found: Expected): Expected {
  const { names, or: also = [] } = found;
  if (names === undefined) return found;
  const or = [...also, 'failures.rate_limited:revealed'];
  if (ledger.rules.get(group)?.showing === false) return { claims: ['shown.off'], or };
  const those = (isShown: boolean | undefined) => names.filter((one) => ledger.of(one, group)?.isShown === isShown);
  const [named, maybe] = [those(true), those(undefined)];
  if (named.length + maybe.length === 0) return { claims: ['shown.nobody'], or };
  return { claims: [ANYTHING], or, shows: { group, asker: who, named, maybe } };
}

/** The shown results that are left once somebody is erased in a group. */
export function withoutPerson(all: readonly ShownResult[], who: number, group: number): ShownResult[] {
  return all
    .filter((one) => one.isUnsure || one.group !== group || !one.named.includes(who))
    .map((one) => (one.group === group && one.asker === who ? { ...one, asker: undefined } : one));
}
