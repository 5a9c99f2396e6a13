import type { Person } from '../../consent/who.ts';
import { Failure } from '../../failure.ts';
import type { Pending } from '../../queue/pending.ts';
import { ownerOf, shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Action } from '../reply.ts';

/** How long a report is kept: as long as the search log. */
const SAID_KEPT_MS = 90 * 86_400_000;

const PREFIX = 'wrong:';

/**
 * How many characters of a hash a button holds. With so many, no two answers share a hash, and
 * nobody guesses one. Two hashes fit on a button.
 */
const NAMED = 22;

/** Who reported a wrong name: the asker, or the person named. */
export type SaidBy = 'asker' | 'named';

/**
 * Reports of wrong names, one for each answer and person. An item says only that a name was
 * reported, and whether by the asker or by the named person. It is sealed under the keyed hash of
 * the person who reported, so that every erasure of them drops it. Every method fails as
 * {@link Pending} says.
 */
export interface WrongNames {
  /**
   * The button by which `person` reports a wrong name in an answer. `what` identifies the answer.
   * Making a button stores nothing.
   */
  readonly button: (by: SaidBy, person: Person, what: string, label: string) => Action;
  /**
   * Notes a report by this button. `isNew` is false when the button was pressed before. `by`: who
   * reported it.
   * @throws Failure `not_yours` for a button that was made for somebody else
   */
  readonly note: (person: Person, button: string) => Promise<{ readonly by: SaidBy; readonly isNew: boolean }>;
  /** The number of reports in the last 90 days by people who were not erased since. */
  readonly count: () => Promise<number>;
}

/**
 * Whether a button reports a wrong name. Its answer comes beside the message, and the message
 * stays.
 */
export function saysWrongName(button: string): boolean {
  return button.startsWith(PREFIX);
}

/** Keeps the reports on a shelf of `pending`. */
export function wrongNamesOn(pending: Pending, keys: Keys, now: () => number): WrongNames {
  const said = shelf<undefined>(pending, keys, 'wrong');
  const idOf = (by: SaidBy, { platform, id }: Person, what: string) =>
    keyedHash(keys.lookup, 'wrong name', by, platform, id, what).slice(0, NAMED);
  /** A keyed hash that proves that the button was made here, for this person. */
  const tagOf = (by: SaidBy, { platform, id }: Person, named: string) =>
    keyedHash(keys.lookup, 'wrong name, said', by, platform, id, named).slice(0, NAMED);

  return {
    button(by, person, what, label) {
      const named = idOf(by, person, what);
      return { id: `${PREFIX}${by}-${named}${tagOf(by, person, named)}`, label, role: 'confirm' };
    },
    async note(person, button) {
      const [, by, named = '', tag] = /^wrong:(asker|named)-(.{22})(.{22})$/.exec(button) ?? [];
      if ((by !== 'asker' && by !== 'named') || tag !== tagOf(by, person, named)) throw new Failure('not_yours');
      const note = { id: named, owner: ownerOf(keys, person), value: undefined, expiresAt: now() + SAID_KEPT_MS };
      return { by, isNew: (await said.add(note)) !== undefined };
    },
    count: async () => (await said.list()).filter(({ expiresAt }) => expiresAt > now()).length,
  };
}
