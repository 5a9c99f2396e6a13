import type { Purpose } from '../consent/consent.ts';
import type { Person, Place } from '../consent/who.ts';
import type { Failure } from '../failure.ts';
import type { Ask, Press } from './ask.ts';
import type { Invitation } from './courier.ts';
import type { Notice } from './rights/notice.ts';
import type { ShownResults } from './showing/shown.ts';

/**
 * Some platforms want an immediate confirmation of each request. This is the longest that a slow
 * shelf may delay it.
 */
export const WORD_WAITS_MS = 1_000;

/** An ask that was sent inside a group. */
export type AskInPlace = Ask & { readonly place: Place };

/** Receives its platform's updates from a listener. */
export interface Chat {
  /**
   * Answers the ask through its platform's courier, or queues it safely, and then resolves, so that
   * the update may be confirmed. Unknown commands and refused asks are answered too. A repeated
   * delivery of the ask shows nothing new.
   * @throws Failure `unavailable` only when the ask could be neither answered nor queued: then do
   * not confirm the update on a platform that repeats unconfirmed updates
   * @param unreached called when no answer can reach the person, before the ask counts as answered
   */
  ask(ask: Ask, unreached?: () => Promise<void>): Promise<void>;
  /**
   * Handles a pressed button (action `<parked id>:<choice>`). Resolves and throws like {@link ask}.
   */
  press(press: Press): Promise<void>;
  /**
   * Notes a request of a platform that wants an immediate confirmation and never repeats a request.
   * If the program ends before a noted request is done, the next start does it. After `note`, call
   * {@link ask} or {@link press}, or {@link drop} the request. Never throws, and ends within
   * {@link WORD_WAITS_MS}, because the platform waits for the confirmation.
   */
  note(request: Ask | Press): Promise<void>;
  /**
   * Drops a noted request without doing it, because the confirmation did not reach the platform.
   */
  drop(request: Ask | Press): Promise<void>;
  /**
   * The failure to show beside the message of a pressed button, when the button is somebody else's
   * or was pressed before. Undefined for every other press. Never throws, and ends within
   * {@link WORD_WAITS_MS}.
   */
  refusal(press: Press): Promise<Failure | undefined>;
  /**
   * The group that a private message of this person is about: the only group in which the person
   * has data. Undefined when there is none or several, or when the gallery does not say so in time.
   * Never throws, and ends within {@link WORD_WAITS_MS}.
   */
  onlyPlace(person: Person): Promise<Place | undefined>;
  /**
   * The group that a press chooses for an enrolment to which no selfies were sent yet. Undefined
   * for every other press. Never throws, and ends within {@link WORD_WAITS_MS}.
   */
  enrolsAt(press: Press): Promise<Place | undefined>;
  /**
   * The notice for a group's people, by the group's settings. When these are not known in time, the
   * notice follows the operator's rules. Never throws, and ends within {@link WORD_WAITS_MS}.
   */
  notice(purpose: Purpose, locale: string, place: Place): Promise<Notice>;
  /**
   * The invitation for a group that the bot was added to, in the language of `locale` unless the
   * group's admins set another. Fails with `unavailable`.
   */
  invitation(place: Place, locale: string): Promise<Invitation>;
  /**
   * Parks an ask, for at most `ttlMs`, until its person opens the private chat by the link of its
   * group. That link is the same for everybody. Only the latest ask of a person in a group stays.
   */
  park(ask: AskInPlace, ttlMs: number): Promise<void>;
  /**
   * Goes on with the ask that the sender of `ask` parked in the group `ask.about`, and that can go
   * on only once. If none is parked, `ask` itself goes on. Resolves and throws like {@link ask}.
   */
  goOn(ask: Ask): Promise<void>;
  /**
   * Deletes a result that a group was shown, for a person whom the result names or who showed it.
   * See {@link ShownResults.delete}.
   */
  readonly deleteShown: ShownResults['delete'];
  /** A person left a place or was removed from it: their data there are erased. */
  left(place: Place, person: Person): Promise<void>;
  /**
   * The bot itself was removed from a place: everybody there is erased. Never call it because of an
   * outage.
   */
  removed(place: Place): Promise<void>;
  /** A place got another id on its platform. Its people stay. */
  moved(from: Place, to: Place): Promise<void>;
}
