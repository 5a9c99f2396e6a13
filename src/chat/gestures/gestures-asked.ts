import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Person, ScopeId } from '../../consent/who.ts';
import { GESTURES, type Gesture } from '../../face/gesture.ts';
import { Failure } from '../../failure.ts';
import type { Pending } from '../../queue/pending.ts';
import { ownerOf, shelf } from '../../queue/sealed-shelf.ts';
import { keyedHash } from '../../secrets/hash.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { PhotoRef } from '../ask.ts';
import { PARKED_MS } from '../buttons/parked.ts';
import { dailyCountsOn } from '../limits/daily-counts.ts';

/**
 * How long a person has for a gesture. In so short a time nobody finds or fakes a photo that shows
 * it.
 */
export const GESTURE_MS = 2 * 60_000;

/** The most gestures that one person is asked for in one group in a day. */
const MOST_A_DAY = 6;

/** A request for a second selfie with a gesture. */
export interface AskedGesture {
  /** Eight hexadecimal digits. The buttons of the request have them too. */
  readonly id: string;
  readonly gesture: Gesture;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** The selfies that were sent before. They are enrolled once the gesture is shown. */
  readonly selfies: readonly PhotoRef[];
  /** What the sender chose for these selfies. */
  readonly choice?: string | undefined;
}

/** What the shelf keeps about a person who was asked for a gesture. */
interface Asked extends AskedGesture {
  /** The ask that answers with a photo. Until `until`, no other ask may answer. */
  readonly answeredBy?: string;
  /** The ask that led to the request. Its job may run twice. */
  readonly by?: string;
  /** Whether the gesture was seen, and the enrolment done or refused. */
  readonly isOver?: true;
}

/**
 * Requests for gestures. By a gesture people show that they are there. A request holds references
 * to photos and no face. It is sealed under the person's keyed hash. Requests are counted under
 * another keyed hash, and an erasure does not drop that count. So nobody avoids the limit by
 * erasing themselves and coming back. Every method fails as {@link Pending} says.
 */
export interface GesturesAsked {
  /**
   * Asks for a random gesture, in place of an earlier request. `by` is the ask that leads to it.
   * @throws Failure `rate_limited` with `seconds` until another request is allowed; the earlier
   * request is dropped then too
   */
  readonly ask: (
    person: Person,
    scope: ScopeId,
    about: Pick<AskedGesture, 'selfies' | 'choice'> & { readonly by: string },
  ) => Promise<AskedGesture>;
  /**
   * Whether another request than this one is open for the person in this group. A request to which
   * the ask `by` itself led does not count. False when the present request is damaged.
   */
  readonly isReplaced: (person: Person, scope: ScopeId, request: string, by: string) => Promise<boolean>;
  /**
   * The request to this person in this group; undefined when there is none, or it is damaged. From
   * now on `ask` answers it, and the job of that ask may run twice. After `until` another ask may
   * answer, because the first may have failed. The other ask gets the request with `until` 0, so
   * its photo counts as too late.
   * @throws Failure `in_progress` while another ask answers it
   */
  readonly answer: (person: Person, scope: ScopeId, ask: string) => Promise<AskedGesture | undefined>;
  /**
   * Notes that the gesture of this request was seen, and the enrolment done or refused. From then
   * on only the ask that answered the request can read it. Does nothing when another request has
   * replaced it.
   */
  readonly end: (person: Person, scope: ScopeId, request: string) => Promise<void>;
  /** Drops this request. Does nothing when another one has replaced it. */
  readonly drop: (person: Person, scope: ScopeId, request: string) => Promise<void>;
}

/** Keeps the requests on a shelf of `pending`. */
export function gesturesAskedOn(pending: Pending, keys: Keys, now: () => number): GesturesAsked {
  const asked = shelf<Asked>(pending, keys, 'proof');
  const counts = dailyCountsOn(pending, keys, now);
  const idOf = (what: 'asked' | 'tries', { platform, id }: Person, scope: ScopeId) =>
    keyedHash(keys.lookup, 'proof', what, platform, id, scope);

  return {
    async ask(person, scope, about) {
      const limit = { many: 1, most: MOST_A_DAY };
      const { granted, seconds } = await counts.spend(idOf('tries', person, scope), randomUUID(), limit);
      if (granted === 0) {
        // When no gesture is left for the day, the earlier request ends too.
        await asked.drop(idOf('asked', person, scope));
        throw new Failure('rate_limited', { details: { gesture: 1, seconds } });
      }
      const gesture = GESTURES[randomInt(GESTURES.length)] ?? GESTURES[0];
      const id = randomBytes(4).toString('hex');
      const value = { id, gesture, until: now() + GESTURE_MS, ...about };
      const expiresAt = value.until + PARKED_MS;
      await asked.put({ id: idOf('asked', person, scope), owner: ownerOf(keys, person), value, expiresAt });
      return value;
    },
    async isReplaced(person, scope, request, by) {
      const kept = await asked.read(idOf('asked', person, scope));
      if (!kept || kept.expiresAt <= now()) return false;
      const present = kept.value();
      return present !== undefined && !present.isOver && present.id !== request && present.by !== by;
    },
    async answer(person, scope, ask) {
      const kept = await asked.read(idOf('asked', person, scope));
      const value = kept?.value();
      if (!kept || !value || kept.expiresAt <= now()) return undefined;
      const { answeredBy, isOver, by: _, ...one } = value;
      if (answeredBy === ask) return one;
      if (isOver) return undefined;
      if (answeredBy !== undefined && now() <= one.until) throw new Failure('in_progress');
      // Another ask's photo counts as too late, however long the first ask was worked on.
      const mine = answeredBy === undefined ? one : { ...one, until: 0 };
      if (!(await asked.replace(kept, { ...mine, answeredBy: ask }))) throw new Failure('in_progress');
      return mine;
    },
    async end(person, scope, request) {
      const kept = await asked.read(idOf('asked', person, scope));
      const value = kept?.value();
      if (kept && value?.id === request) await asked.replace(kept, { ...value, isOver: true });
    },
    async drop(person, scope, request) {
      const kept = await asked.read(idOf('asked', person, scope));
      if (kept?.value()?.id === request) await asked.drop(kept.id);
    },
  };
}
