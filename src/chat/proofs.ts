import { randomInt } from 'node:crypto';
import { DAY_MS } from '../consent/sweep.ts';
import type { Person, ScopeId } from '../consent/who.ts';
import { GESTURES, type Gesture } from '../face/gesture.ts';
import { Failure } from '../failure.ts';
import type { Pending } from '../queue/pending.ts';
import { ownerOf, shelf } from '../queue/sealed-shelf.ts';
import { keyedHash } from '../secrets/hash.ts';
import type { Keys } from '../secrets/keys.ts';
import type { PhotoRef } from './ask.ts';

/** A gesture is asked for so long: nobody finds a photo that shows it, or makes one, as fast as they make the gesture. */
export const GESTURE_MS = 2 * 60_000;

/** So many gestures is one person asked for in one group in a day. */
const MOST_A_DAY = 6;

/** A second selfie with a gesture, for which somebody was asked. */
export interface AskedProof {
  readonly gesture: Gesture;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** What was sent before, and is enrolled with it. */
  readonly selfies: readonly PhotoRef[];
  /** What was chosen about them. */
  readonly choice?: string | undefined;
}

/** What stands on the shelf. */
interface Tries {
  /** When a gesture was asked for, milliseconds since 1970. */
  readonly at: readonly number[];
  readonly asked?: AskedProof | undefined;
}

/**
 * Who was asked to show by a gesture that they are there. Kept are references to photos, sealed, under the person's keyed hash; no
 * face. Every method fails as {@link Pending} says.
 */
export interface Proofs {
  /**
   * Asks for a gesture that is drawn at random.
   * @throws Failure `rate_limited` with the `seconds` until there is another
   */
  readonly ask: (person: Person, scope: ScopeId, about: Pick<AskedProof, 'selfies' | 'choice'>) => Promise<AskedProof>;
  /** What this person is asked for in this group. */
  readonly asked: (person: Person, scope: ScopeId) => Promise<AskedProof | undefined>;
  /** Asks for nothing any more. */
  readonly end: (person: Person, scope: ScopeId) => Promise<void>;
}

/** On a shelf of `pending`. */
export function proofsOn(pending: Pending, keys: Keys, now: () => number): Proofs {
  const tries = shelf<Tries>(pending, keys, 'proof');
  const idOf = ({ platform, id }: Person, scope: ScopeId) => keyedHash(keys.lookup, 'proof', platform, id, scope);
  const read = async (person: Person, scope: ScopeId): Promise<Tries> => {
    const kept = (await tries.read(idOf(person, scope)))?.value();
    return { at: kept?.at.filter((time) => time > now() - DAY_MS) ?? [], asked: kept?.asked };
  };
  const write = async (person: Person, scope: ScopeId, value: Tries): Promise<void> => {
    const expiresAt = (value.at.at(-1) ?? now()) + DAY_MS;
    await tries.put({ id: idOf(person, scope), owner: ownerOf(keys, person), value, expiresAt });
  };

  return {
    async ask(person, scope, about) {
      const { at } = await read(person, scope);
      const [oldest] = at;
      if (oldest !== undefined && at.length >= MOST_A_DAY) {
        throw new Failure('rate_limited', {
          details: { gesture: 1, seconds: Math.ceil((oldest + DAY_MS - now()) / 1000) },
        });
      }
      const gesture = GESTURES[randomInt(GESTURES.length)] ?? GESTURES[0];
      const asked = { gesture, until: now() + GESTURE_MS, ...about };
      await write(person, scope, { at: [...at, now()], asked });
      return asked;
    },
    asked: async (person, scope) => (await read(person, scope)).asked,
    async end(person, scope) {
      const { at, asked } = await read(person, scope);
      if (asked) await write(person, scope, { at });
    },
  };
}
