import type { Purpose } from '../consent/consent.ts';
import type { Person, Place, Platform } from '../consent/who.ts';

/** Plain data that only the platform's own bot understands; it survives JSON, a seal and another process. */
export interface PlatformData {
  readonly platform: Platform;
  readonly [field: string]: string | number | boolean | undefined;
}

/** Where to answer: an interaction token, a chat and message id, a waiting HTTP request. */
export type Address = PlatformData;

/** Where a photo can be fetched once its sender has agreed: a file id, an attachment's URL, an upload's id. Never bytes. */
export interface PhotoRef extends PlatformData {
  /** It stands in a message of somebody else: a person, a bot or a channel. */
  readonly isOfOthers?: true;
  /**
   * Which person sent that message: their id from a listener, and behind the chat's door a keyed hash, or nothing where photos of
   * others are not searched.
   */
  readonly sender?: string;
}

/** One person's request, the same for every platform. */
export interface Ask {
  /** The platform's own id of the update; a repeated delivery has the same one. */
  readonly id: string;
  /** A command's name, without slash; empty for a photo or a text that came without one. */
  readonly command: string;
  /** What was typed after the command. */
  readonly args: string;
  readonly person: Person;
  /** The group this is about; undefined in a private chat. */
  readonly place: Place | undefined;
  /** The group that is meant by what was sent in private: its sender is a member only if the platform says so. */
  readonly about?: Place | undefined;
  /** Sent from inside {@link place}, which proves for this ask that its sender is a member; set where it is taken in. */
  readonly sentInside?: boolean | undefined;
  /** The part of {@link place} that it was sent in, where that has such (a forum's topic): what is shown stays there. */
  readonly topic?: number | undefined;
  /** BCP 47, as the platform gives it. */
  readonly locale: string;
  /** The same of the group, where its platform gives one: what a group is shown is in it. */
  readonly groupLocale?: string | undefined;
  readonly photos: readonly PhotoRef[];
  /** How many photos were sent, where some are left out of {@link photos}: more than one ask may bring. */
  readonly sent?: number;
  readonly address: Address;
  /** Milliseconds since 1970 after which an answer cannot be delivered. */
  readonly deadline: number;
  /** What its sender agreed to with it, and gets a receipt of with the answer. */
  readonly agreed?: Purpose;
  /** What was chosen by a button when this ask was taken from its shelf. */
  readonly choice?: string;
  /** The person's epoch when the ask was accepted; set by dispatch. */
  readonly epoch?: number;
  /** Milliseconds since 1970 at which dispatch took it in, and put it into the queue. */
  readonly askedAt?: number;
  readonly queuedAt?: number;
}

/** A press of a button: who pressed, what, and where the answer goes. */
export interface Press {
  readonly id: string;
  /** An {@link Action}'s id as it was offered: `<parked id>:<choice>`. */
  readonly action: string;
  readonly person: Person;
  readonly place: Place | undefined;
  /** The group that was picked with it, which nothing proves the presser to be in. */
  readonly about?: Place | undefined;
  readonly locale: string;
  readonly address: Address;
  readonly deadline: number;
}
