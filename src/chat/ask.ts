import type { Purpose } from '../consent/consent.ts';
import type { Person, Place, Platform } from '../consent/who.ts';

/**
 * Plain data that only the platform's own bot understands. It survives JSON, a seal and another
 * process.
 */
export interface PlatformData {
  readonly platform: Platform;
  readonly [field: string]: string | number | boolean | undefined;
}

/** Where to answer: an interaction token, a chat and message id, a waiting HTTP request. */
export type Address = PlatformData;

/**
 * Where to fetch a photo once its sender has agreed: a file id, an attachment's URL, an upload's
 * id. Never bytes.
 */
export interface PhotoRef extends PlatformData {
  /** It was forwarded, or is in somebody else's message: good for a search, never as a selfie. */
  readonly borrowed?: true;
  /** The photo is in a message of somebody else: a person, a bot or a channel. */
  readonly isOfOthers?: true;
  /**
   * The sender of that message. A listener gives their id. {@link Chat} replaces it by a keyed
   * hash, or removes it when photos of others are not searched.
   */
  readonly sender?: string;
}

/** One person's request, the same for every platform. */
export interface Ask {
  /** The platform's own id of the update; a repeated delivery has the same one. */
  readonly id: string;
  /** A command's name, without slash. Empty for a photo or a text without one. */
  readonly command: string;
  /** What was typed after the command. */
  readonly args: string;
  readonly person: Person;
  /** The group this is about; undefined in a private chat. */
  readonly place: Place | undefined;
  /**
   * The group that a private message means. Its sender is a member only if the platform says so.
   */
  readonly about?: Place | undefined;
  /**
   * Whether it was sent inside {@link place}, which proves membership for this ask. Set where the
   * ask is received.
   */
  readonly sentInside?: boolean | undefined;
  /** The part of {@link place} that it was sent in, such as a forum's topic. Results stay there. */
  readonly topic?: number | undefined;
  /**
   * The platform's id of the channel of {@link place} that it was sent in. For a thread it is the
   * thread's channel. Undefined in private, and in places without channels.
   */
  readonly channel?: string | undefined;
  /** BCP 47, as the platform gives it. */
  readonly locale: string;
  /** The group's locale, if its platform gives one. What the group is shown is in it. */
  readonly groupLocale?: string | undefined;
  readonly photos: readonly PhotoRef[];
  /** How many photos were sent, when that is more than one ask may have in {@link photos}. */
  readonly sent?: number;
  /**
   * That its photo is one of an album of which the platform gave no other. The album was sent as
   * the ask, or the ask replies to it.
   */
  readonly oneOfAlbum?: 'sent' | 'replied';
  readonly address: Address;
  /** Milliseconds since 1970 after which an answer cannot be delivered. */
  readonly deadline: number;
  /** What its sender agreed to with it. The answer brings a receipt of it. */
  readonly agreed?: Purpose;
  /** What was chosen by the button that took this ask from its shelf, or ticked in a form. */
  readonly choice?: string;
  /** The person's epoch when the ask was accepted; set by dispatch. */
  readonly epoch?: number;
  /** Milliseconds since 1970 when dispatch received it, and queued it. */
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
  /** The group that was picked with it. Nothing proves that the presser is in it. */
  readonly about?: Place | undefined;
  readonly locale: string;
  readonly address: Address;
  readonly deadline: number;
}
