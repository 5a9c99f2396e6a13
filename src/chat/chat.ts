import type { Person, Place } from '../consent/who.ts';
import type { Ask, Press } from './ask.ts';
import type { ShownResults } from './shown.ts';

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
