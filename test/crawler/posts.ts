import type { Asked, Expected, Held } from './expected.ts';
import { ANYTHING } from './judge.ts';

/** A result that a group was shown, as it must stand there. */
export interface ShownResult {
  readonly group: number;
  /** Of its messages. */
  readonly keys: readonly string[];
  readonly named: readonly number[];
  /** Who showed it; undefined once they are erased. */
  readonly asker: number | undefined;
  /** Whether the program was killed meanwhile. Then it may stay for ever, or be gone. */
  readonly isUnsure?: boolean;
}

/** What of a ledger it takes to know who may be shown. */
interface Ledger {
  readonly rules: ReadonlyMap<number, { readonly showing?: false | undefined }>;
  of(who: number, group: number): Held | undefined;
}

/** Of a button that shows a result to its group. `found` is what the same search finds now. */
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

/** What must stand in a group once somebody is erased there. */
export function withoutPerson(all: readonly ShownResult[], who: number, group: number): ShownResult[] {
  return all
    .filter((one) => one.isUnsure || one.group !== group || !one.named.includes(who))
    .map((one) => (one.group === group && one.asker === who ? { ...one, asker: undefined } : one));
}
