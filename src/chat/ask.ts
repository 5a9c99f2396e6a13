import type { Purpose } from '../consent/consent.ts';
import type { Person, Place, Platform } from '../consent/who.ts';

/**
 * Plain data that only the platform's own bot understands. It can be written as JSON, sealed, and
 * used in another process.
 */
export interface PlatformData {
  readonly platform: Platform;
  readonly [field: string]: string | number | boolean | undefined;
}

/**
 * Data that say where to answer: an interaction token, a chat and message id, a waiting HTTP
 * request.
 */
export type Address = PlatformData;

/**
 * Data that say where to fetch a photo once its sender has agreed: a file id, an attachment's URL,
 * an upload's id. They never hold bytes.
 */
export interface PhotoRef extends PlatformData {
  /**
   * The photo was forwarded, or is in somebody else's message. It may be searched, but is never
   * taken as a selfie.
   */
  readonly borrowed?: true;
  /** The photo is in a message of somebody else: a person, a bot or a channel. */
  readonly isOfOthers?: true;
  /**
   * With `isOfOthers`, the platform's id of the message's sender, set by a listener. {@link Chat}
   * replaces it by a keyed hash, or removes it where photos in others' messages are not searched.
   */
  readonly sender?: string;
}

/** One person's request, the same for every platform. */
export interface Ask extends Times {
  /** The platform's own id of the update; a repeated delivery has the same one. */
  readonly id: string;
  /** A command's name, without slash. Empty for a photo or a text without a command. */
  readonly command: string;
  /** What was typed after the command. */
  readonly args: string;
  readonly person: Person;
  /** The group this is about; undefined in a private chat. */
  readonly place: Place | undefined;
  /**
   * The group that a private message is about. Only the platform can tell whether the sender is a
   * member of it.
   */
  readonly about?: Place | undefined;
  /**
   * Whether the ask was sent inside {@link place}. For this ask, that proves that its sender is a
   * member. The process that receives the ask sets it.
   */
  readonly sentInside?: boolean | undefined;
  /**
   * The part of {@link place} that the ask was sent in, such as a forum's topic. Results stay in
   * that part.
   */
  readonly topic?: number | undefined;
  /**
   * The platform's id of the channel of {@link place} that the ask was sent in. For an ask in a
   * thread, this is the channel that has the thread. Undefined in private. A listener leaves it out
   * in places without channels, and {@link Chat} then makes it empty.
   */
  readonly channel?: string | undefined;
  /** BCP 47, as the platform gives it. */
  readonly locale: string;
  /**
   * The group's locale, if its platform gives one. It decides the language of what the whole group
   * is shown, unless the group's rules name one.
   */
  readonly groupLocale?: string | undefined;
  readonly photos: readonly PhotoRef[];
  /**
   * How many photos were sent, if they were too many for one ask. Then {@link photos} holds only
   * some of them.
   */
  readonly sent?: number;
  /**
   * Set when the platform gave only one photo of an album. `sent`: the ask came with the album.
   * `replied`: the ask replies to the album.
   */
  readonly oneOfAlbum?: 'sent' | 'replied';
  readonly address: Address;
  /** After this time an answer cannot be delivered; milliseconds since 1970. */
  readonly deadline: number;
  /** The purpose that the sender agreed to with this ask. The answer brings a receipt. */
  readonly agreed?: Purpose;
  /**
   * What the sender chose, by the button behind which this ask was parked, or by a tick in a form.
   */
  readonly choice?: string;
  /** The person's epoch when the ask was accepted; set by dispatch. */
  readonly epoch?: number;
  /**
   * Set when a request may come again under another `id` because its answer was lost: it stands for
   * the request, its text, the bytes of its photos, its person and its group. See {@link chargeOf}.
   */
  readonly charge?: string | undefined;
  /**
   * Set when this ask repeats an earlier one with the same photos after a failure: the {@link
   * chargeOf} of the earlier one.
   */
  readonly repeats?: string | undefined;
  /** When dispatch queued the ask, milliseconds since 1970. */
  readonly queuedAt?: number;
}

/** When a request came and was acknowledged, milliseconds since 1970. */
interface Times {
  /** When the platform's listener received it. */
  readonly askedAt?: number;
  /**
   * When the person saw the first sign that the request was heard, if the listener showed one.
   * Undefined when the placeholder is the first sign.
   */
  readonly acknowledgedAt?: number | undefined;
}

/**
 * The id under which budgets count an ask. A request that comes again with the same photos is
 * counted once. With another command it is another request.
 */
export function chargeOf({ id, charge, command, args, repeats }: Ask): string {
  return repeats ?? (charge === undefined ? id : [command, args, charge].join(' '));
}

/** A press of a button: who pressed, what, and where the answer goes. */
export interface Press extends Times {
  readonly id: string;
  /** An {@link Action}'s id as it was offered: `<parked id>:<choice>`. */
  readonly action: string;
  readonly person: Person;
  readonly place: Place | undefined;
  /** The group that was picked in this press. Nothing proves that the person is a member. */
  readonly about?: Place | undefined;
  readonly locale: string;
  readonly address: Address;
  readonly deadline: number;
}
