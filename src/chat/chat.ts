import type { Purpose } from '../consent/consent.ts';
import type { Person, Place } from '../consent/who.ts';
import type { Failure } from '../failure.ts';
import type { Ask, Press } from './ask.ts';
import type { Invitation } from './courier.ts';
import type { Notice } from './notice.ts';
import type { ShownResults } from './shown.ts';

/** Nobody's word to a platform that waits for it is held up for longer by a slow shelf. */
export const WORD_WAITS_MS = 1_000;

/** What a listener hands its platform's updates to. */
export interface Chat {
  /**
   * Answers the ask through its platform's courier, or queues it safely; resolves then, so that the update may be confirmed.
   * A command that is not known, or an ask that is refused, is answered too. Throws Failure `unavailable` only when the ask could
   * be neither answered nor queued: then the update must not be confirmed where the platform repeats it.
   * The same ask again (a repeated delivery) shows nothing new.
   */
  ask(ask: Ask): Promise<void>;
  /** A button was pressed, or a deep link opened (action `<parked id>:open`). Resolves and throws like {@link ask}. */
  press(press: Press): Promise<void>;
  /**
   * For a platform that is told at once that a request was heard, and never repeats it: notes the request first, so that it is done
   * even if the program ends over it. Then it is to be handed on, or dropped. Never throws, and ends within {@link WORD_WAITS_MS}: whatever
   * the shelf does, the platform waits for its word.
   */
  note(request: Ask | Press): Promise<void>;
  /** What was noted was not heard by the platform after all: it is not done. */
  drop(request: Ask | Press): Promise<void>;
  /**
   * What a press is to be told beside the message that it was made under, instead of being taken in: `not_yours`, or that the button
   * was pressed before. Undefined for every other. Never throws, and ends within {@link WORD_WAITS_MS}.
   */
  refusal(press: Press): Promise<Failure | undefined>;
  /**
   * The only group in which somebody is known there, which is what they mean in private; undefined where there is none, more than one, or
   * that cannot be found out in time. Never throws, and ends within {@link WORD_WAITS_MS}.
   */
  onlyPlace(person: Person): Promise<Place | undefined>;
  /**
   * The notice that a group's people are asked by; where its settings cannot be found out in time, as the operator has it. Never
   * throws, and ends within {@link WORD_WAITS_MS}.
   */
  notice(purpose: Purpose, locale: string, place: Place): Promise<Notice>;
  /** What a group is to be shown that the bot was added to, in the language of `locale` unless its admins set one. Fails with `unavailable`. */
  invitation(place: Place, locale: string): Promise<Invitation>;
  /** Parks an ask for a deep link; gives the id, 22 characters of A-Za-z0-9_-. Only the same person can open it, once. */
  park(ask: Ask, ttlMs: number): Promise<string>;
  /** Deletes what a group was shown, for a person whom it names or who showed it. See {@link ShownResults.delete}. */
  readonly deleteShown: ShownResults['delete'];
  /** A person left or was removed from a place: all that is held there about them is erased. */
  left(place: Place, person: Person): Promise<void>;
  /** The bot itself was removed from a place (never for an outage): everybody there is erased. */
  removed(place: Place): Promise<void>;
  /** A place got another id on its platform; its people stay. */
  moved(from: Place, to: Place): Promise<void>;
}
