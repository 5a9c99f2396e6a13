import type { Person } from '../consent/who.ts';
import { Failure } from '../failure.ts';
import type { Pending } from '../queue/pending.ts';
import { ownerOf, shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import type { Action } from './reply.ts';

/** As long as the search log: what is older was seen by nobody any more. */
const SAID_KEPT_MS = 90 * 86_400_000;

const PREFIX = 'wrong:';

/** Characters of a hash: enough that no two answers share one, and that nobody guesses one; both fit a button. */
const NAMED = 22;

/** Who says that somebody was named wrongly: whoever asked, or whoever was named. */
export type SaidBy = 'asker' | 'named';

/**
 * That names were wrong, as people say by a button. Once for each answer and person; of it stays that it was said and by whom of
 * the two, sealed, under the person's own keyed hash: every erasure of them drops it. Every method fails as {@link Pending} says.
 */
export interface WrongNames {
  /** The button by which `person` says it of `what`, any text that names one answer. Nothing is kept for it. */
  readonly button: (by: SaidBy, person: Person, what: string, label: string) => Action;
  /**
   * Notes that it was said by this button: false when it was before. `by`: who said it.
   * @throws Failure `not_yours` for a button that was made for somebody else
   */
  readonly note: (person: Person, button: string) => Promise<{ readonly by: SaidBy; readonly isNew: boolean }>;
  /** How many were said in the last 90 days by people who are not erased since. */
  readonly count: () => Promise<number>;
}

/** Whether a button says that a name is wrong. It is answered beside the message under which it stands, which stays. */
export function saysWrongName(button: string): boolean {
  return button.startsWith(PREFIX);
}

/** Noted on a shelf of `pending`. */
export function wrongNamesOn(pending: Pending, keys: Keys, now: () => number): WrongNames {
  const said = shelf<undefined>(pending, keys, 'wrong');
  const idOf = (by: SaidBy, { platform, id }: Person, what: string) =>
    keyedHash(keys.lookup, 'wrong name', by, platform, id, what).slice(0, NAMED);
  /** Says that the button was made here, and for whom. */
  const proofOf = (by: SaidBy, { platform, id }: Person, named: string) =>
    keyedHash(keys.lookup, 'wrong name, said', by, platform, id, named).slice(0, NAMED);

  return {
    button(by, person, what, label) {
      const named = idOf(by, person, what);
      return { id: `${PREFIX}${by}-${named}${proofOf(by, person, named)}`, label, role: 'confirm' };
    },
    async note(person, button) {
      const [, by, named = '', proof] = /^wrong:(asker|named)-(.{22})(.{22})$/.exec(button) ?? [];
      if ((by !== 'asker' && by !== 'named') || proof !== proofOf(by, person, named)) throw new Failure('not_yours');
      const note = { id: named, owner: ownerOf(keys, person), value: undefined, expiresAt: now() + SAID_KEPT_MS };
      return { by, isNew: (await said.add(note)) !== undefined };
    },
    count: async () => (await said.list()).filter(({ expiresAt }) => expiresAt > now()).length,
  };
}
