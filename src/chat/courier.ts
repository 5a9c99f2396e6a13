import type { Consent } from '../consent/consent.ts';
import type { Place } from '../consent/who.ts';
import type { Address, Ask, PhotoRef, PlatformData } from './ask.ts';
import type { Reply } from './reply.ts';

/**
 * The most milliseconds that an answer takes. By then the answer is shown, or it has failed and
 * nothing more of it is sent. An answer that came later could replace the message that the ask has
 * expired.
 */
export const ANSWER_MS = 30_000;

/**
 * The most milliseconds that a sign of progress takes. An answer that is ready earlier waits until
 * the sign has ended.
 */
export const SIGN_OF_LIFE_MS = 2_000;

/**
 * Whether somebody is in a place, as its platform says. `no_proof`: the platform answered, but did
 * not say that they are in it, so it does not confirm them as a member. `down`: the platform could
 * not be asked. That alone is no reason to hide somebody from answers.
 */
export type Membership = 'member' | 'gone' | 'no_proof' | 'down';

/**
 * The present name of somebody in a place, and the platform's own name for the account. The
 * account's name tells people of the same name apart.
 */
export interface NameNow {
  readonly name: string;
  readonly handle?: string;
}

/**
 * Whether the bot is in a place, as its platform says. `bot` is the platform's id of the bot's
 * account. It stays the same when the bot gets another token.
 */
export interface Presence {
  readonly is: 'there' | 'gone';
  readonly bot: string;
}

/**
 * A message that was posted to a group or to the asker, as data by which its platform finds it
 * again. The data can be sealed and unsealed.
 */
export interface Post extends PlatformData {
  /** Names the post on its platform. */
  readonly id: string;
}

/**
 * Shows a result to a group only once. Each post is noted before it is sent, because nothing may be
 * posted twice. If a post may have been sent, it is not sent again.
 */
export interface Showing {
  /**
   * Call it right before posting, and post only after `go`. `shown`: an earlier try posted it.
   * `unknown`: an earlier try began, and nobody knows whether it posted the result.
   */
  readonly begin: () => Promise<'go' | 'shown' | 'unknown'>;
  /**
   * Call it with the post, or with undefined when certainly nothing was posted. Do not call it when
   * nobody knows whether something was posted. `gone`: the post was deleted again at once.
   */
  readonly end: (post: Post | undefined) => Promise<'stays' | 'gone'>;
}

/**
 * How many messages of an answer an earlier call has sent, for a platform that shows long answers
 * in several messages. It survives a restart, so that a repeated answer sends the rest once.
 */
export interface SentMessages {
  readonly count: () => Promise<number>;
  /** Call it after each message, with the number of messages that are sent now. */
  readonly note: (count: number) => Promise<void>;
}

/**
 * An invitation for a whole group: its text, and the label of its one button, which works for
 * everybody.
 */
export interface Invitation {
  readonly text: string;
  readonly label: string;
  /** BCP 47 locale of both. */
  readonly locale: string;
}

/**
 * `gone`: the post no longer exists. `out_of_reach`: the post stays, because the platform does not
 * let the bot delete it.
 */
export type TakenBack = 'gone' | 'out_of_reach';

/**
 * The side of a platform that brings answers. It has no state and needs no open connection, so a
 * worker answers without the bot.
 * @throws Failure, from every method: `unavailable` (marked `again`) when the platform was not
 * reached or was overloaded, `expired` when the address is dead (token over, message deleted, bot
 * blocked), other codes as stated
 */
export interface Courier {
  /**
   * Who sees answers. `alone`: only the asker, at their own machine. Then nothing can be shown to
   * others, and searches have no limit. `group`: answers can also be shown to others.
   */
  readonly audience: 'alone' | 'group';
  /**
   * False when the bot does not get messages. Then no command can wait for a photo in a later
   * message.
   */
  readonly hearsMessages?: false;
  /** Whether people can pick one of the bot's groups with the platform's own means. */
  readonly picksGroups?: true;
  /**
   * Shows `text` as the first visible answer at `address`, private to the asker if the platform can
   * do that. Gives the address that {@link answer} needs (with the placeholder's message id, say).
   * A platform whose listener has already answered the update may do nothing.
   */
  placeholder(address: Address, text: string): Promise<Address>;
  /**
   * Replaces the placeholder at `address` by `replies`, in order, as one visible answer. A call may
   * be repeated: with the same `messages`, no message comes twice, and none is left out. At an
   * address without a placeholder, the replies become the first answer.
   *
   * With `showing`, a result goes to everybody in `place`, if the asker may post there. That place
   * may differ from the address. The asker is told whether the result was posted. Every reply that
   * is not a result stays private.
   *
   * All of this (messages, uploads, waits, further tries) ends within {@link ANSWER_MS}. After that
   * the call fails with `unavailable`: sending is aborted, and only what the platform has fully
   * received may still appear.
   */
  answer(
    address: Address,
    replies: readonly Reply[],
    options?: {
      readonly showing?: Showing | undefined;
      readonly messages?: SentMessages | undefined;
      readonly place?: Place | undefined;
      /** See {@link Ask}. */
      readonly topic?: number | undefined;
      /**
       * BCP 47 locale of the words that a platform adds to a result for a group. Default: the
       * locale of the address.
       */
      readonly shownIn?: string | undefined;
    },
  ): Promise<void>;
  /**
   * Shows an invitation to everybody in a place. With `address`, an admin asked for it, and gets
   * the answer there. `refused`: the bot may not write in the place. Absent when only the asker
   * sees answers.
   */
  invite?(place: Place, invitation: Invitation, address?: Address): Promise<'posted' | 'refused'>;
  /**
   * Changes the text of the placeholder at `address`, which has no answer yet. One try, within
   * {@link SIGN_OF_LIFE_MS}. Absent when a placeholder shows progress by itself.
   */
  progress?(address: Address, text: string): Promise<void>;
  /**
   * Shows for some seconds that work goes on. One try, within {@link SIGN_OF_LIFE_MS}. Absent when
   * the platform cannot show it.
   */
  sign?(address: Address): Promise<void>;
  /**
   * Sends the asker's own photos back to them by reference: at most ten, as one album, each with a
   * caption. They come below the message at `address`, and can be forwarded. Nothing is tried
   * twice. The result has the post of each photo, and undefined for a photo that certainly was not
   * shown. A platform that has lost one photo of an album refuses the whole album. The result is
   * undefined instead of a list when nobody knows whether photos were shown. When the call throws,
   * certainly nothing was shown. Absent when the platform cannot send photos by reference.
   */
  showOwn?(
    address: Address,
    photos: readonly { readonly photo: PhotoRef; readonly caption: string }[],
  ): Promise<readonly (Post | undefined)[] | undefined>;
  /**
   * Deletes what {@link answer} showed to a group, or {@link showOwn} to the asker. Absent when the
   * platform shows groups nothing.
   */
  takeBack?(post: Post): Promise<TakenBack>;
  /**
   * Whether the platform refused the last message to this address, as far as this process knows.
   * Then the asker may have to open the chat first, and the listener can tell them so elsewhere.
   * Absent when that cannot happen.
   */
  isDead?(address: Address): boolean;
  /**
   * The bytes of a photo, at most `maxBytes`. The consent proves that the asker agreed. Throws
   * `image_too_large`, and `no_photo` when the photo is gone.
   */
  fetchPhoto(photo: PhotoRef, maxBytes: number, consent: Consent): Promise<Uint8Array>;
  /**
   * Whether the person with this platform id is in the place now. Never throws. The answer may be
   * some minutes old.
   */
  membership(place: Place, personId: string): Promise<Membership>;
  /**
   * Whether the person is an admin of the place now, as the platform says. Some platforms say it
   * only with the asker's message, so `address` holds it. Never throws. Absent when the platform
   * has no admins.
   */
  isAdmin?(place: Place, personId: string, address: Address): Promise<'yes' | 'no' | 'down'>;
  /**
   * A member's present name, as {@link membership} last got it in this process; undefined when it
   * got none. Absent when the platform gives no names.
   */
  nameNow?(place: Place, personId: string): NameNow | undefined;
  /** A link that opens a channel. Absent when places have no channels. */
  channelLink?(place: Place, channel: string): string;
  /**
   * Those of these channels that the place still has, as far as its platform tells. Undefined when
   * the platform does not say. Never throws. Absent when places have no channels.
   */
  channelsThere?(place: Place, among: readonly string[]): Promise<readonly string[] | undefined>;
  /**
   * Whether the bot is in the place. Undefined unless the platform says it in words that it never
   * uses in an outage, under overload or for an unknown token. Never throws. Absent when a bot
   * cannot be removed from places.
   */
  presence?(place: Place): Promise<Presence | undefined>;
  /**
   * The place that this place became when the platform gave it another id. Undefined when it got no
   * other id, or the platform cannot be asked. Never throws. Absent when places keep their ids.
   */
  becameOf?(place: Place): Promise<Place | undefined>;
  /**
   * Drops what only this process holds about a person (uploads, pictures). Every erasure calls it.
   * Absent when the process holds nothing about people.
   */
  forget?(personId: string): void;
}
