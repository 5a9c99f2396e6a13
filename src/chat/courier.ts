import type { Consent } from '../consent/consent.ts';
import type { Place } from '../consent/who.ts';
import type { Address, Ask, PhotoRef, PlatformData } from './ask.ts';
import type { Reply } from './reply.ts';

/**
 * An answer is shown, or has failed with nothing of it still to come, within so many milliseconds: else it could appear over what
 * was said in its stead meanwhile.
 */
export const ANSWER_MS = 30_000;

/** What only says how it goes ends within so many milliseconds: an answer that is there by then waits for it. */
export const SIGN_OF_LIFE_MS = 2_000;

/**
 * What a platform says of somebody's being in a place. `no_proof`: it answered, but did not say, which shows nobody to be a member.
 * `down`: it could not be asked, which hides nobody.
 */
export type Membership = 'member' | 'gone' | 'no_proof' | 'down';

/** How others call somebody in a place, and what tells two of one name apart: the platform's own name for the account. */
export interface NameNow {
  readonly name: string;
  readonly handle?: string;
}

/** Where the bot itself stands in a place, as the platform told `bot`: an account that stays the same whatever its token. */
export interface Presence {
  readonly is: 'there' | 'gone';
  readonly bot: string;
}

/** What a group was shown, as its platform finds it again; it survives a seal. */
export interface Post extends PlatformData {
  /** Names it, on its platform. */
  readonly id: string;
}

/**
 * How a result is shown to a group once: nobody tells a platform twice to post the same, so whoever begins it notes that first, and
 * does not begin again what may have been done.
 */
export interface Showing {
  /**
   * To be called right before it is posted, and only after `go` it is. `shown`: an earlier try did it. `unknown`: one began it, and
   * nobody knows how that ended.
   */
  readonly begin: () => Promise<'go' | 'shown' | 'unknown'>;
  /**
   * To be called with what was posted then, or with undefined where it is certain that nothing was; not called where nobody knows.
   * `gone`: it was deleted again at once.
   */
  readonly end: (post: Post | undefined) => Promise<'stays' | 'gone'>;
}

/** What a whole group is shown so that whoever wants to joins: words, and the label of the one button that they share. */
export interface Invitation {
  readonly text: string;
  readonly label: string;
  /** BCP 47, of both. */
  readonly locale: string;
}

/** Whether a post is there no more, or stays because the platform does not let the bot delete it (any more). */
export type TakenBack = 'gone' | 'out_of_reach';

/**
 * A platform's stateless side: needs no open connection, so that a worker answers by itself.
 * Every method throws {@link Failure}: `unavailable` (again) when the platform was not reached or overloaded, `expired` when
 * the address is dead (token over, message deleted, bot blocked), others as stated.
 */
export interface Courier {
  /**
   * Who may see what is shown. `alone`: the asker, at their own machine, where nobody can be shown to others and nobody is kept
   * from searching too much. `group`: others too.
   */
  readonly audience: 'alone' | 'group';
  /** False where what people write is not heard: nobody can send a photo as their next message. */
  readonly hearsMessages?: false;
  /** True where people pick one of the groups that the bot is in by the platform's own means. */
  readonly picksGroups?: true;
  /**
   * Shows `text` as the first visible answer at `address`, private to the asker where the platform can.
   * Returns the address that {@link answer} needs (with the placeholder's message id, say).
   * A platform that already acknowledged in the listener may do nothing.
   */
  placeholder(address: Address, text: string): Promise<Address>;
  /**
   * Replaces the placeholder at `address` by `replies`, in order, as one visible answer. Safe to repeat.
   * An address that never had a placeholder gets a first answer. With `showing` a result goes to everybody in `place`,
   * which may be elsewhere than the address, if the asker may post there; they are told what became of it. Whatever is no result stays
   * private. All of it (messages, uploads, waits, further tries) ends
   * within {@link ANSWER_MS}: then it is `unavailable`, what was being sent is aborted, and nothing more is. Only what the
   * platform has received in full by then may still appear.
   */
  answer(
    address: Address,
    replies: readonly Reply[],
    options?: {
      readonly showing?: Showing | undefined;
      readonly place?: Place | undefined;
      /** As of {@link Ask}. */
      readonly topic?: number | undefined;
      /** BCP 47, of the words that a platform adds to what a group is shown; as the address says where it is left out. */
      readonly shownIn?: string | undefined;
    },
  ): Promise<void>;
  /**
   * Shows an invitation to all of a place, for an admin who is answered at `address`, or, without one, by itself. `refused`: the bot
   * may not write there. Left out where nobody else sees anything.
   */
  invite?(place: Place, invitation: Invitation, address?: Address): Promise<'posted' | 'refused'>;
  /**
   * Changes the text of the placeholder at `address`, which has no answer yet: one try, over within {@link SIGN_OF_LIFE_MS}. Left out where
   * a placeholder shows by itself how it goes.
   */
  progress?(address: Address, text: string): Promise<void>;
  /** Shows for some seconds that there is work on an answer; one try, over within {@link SIGN_OF_LIFE_MS}. Left out where nothing shows it. */
  sign?(address: Address): Promise<void>;
  /** Deletes what {@link answer} showed to a group. Left out where nothing is. */
  takeBack?(post: Post): Promise<TakenBack>;
  /**
   * Whether the platform last refused to show anything at this address, as far as this process knows: the asker has to open the
   * chat first, say, and the listener may tell them so elsewhere. Left out where that cannot be.
   */
  isDead?(address: Address): boolean;
  /** Bytes of a photo, at most `maxBytes`; the consent says its sender agreed. `image_too_large`; `no_photo` when it is gone. */
  fetchPhoto(photo: PhotoRef, maxBytes: number, consent: Consent): Promise<Uint8Array>;
  /** Whether the person with this platform id is in the place now. Never throws; may answer from a cache of minutes. */
  membership(place: Place, personId: string): Promise<Membership>;
  /**
   * Whether the person is an admin of the place now, as its platform says, or said of the one who is answered at `address`. Never
   * throws. Left out where there are none.
   */
  isAdmin?(place: Place, personId: string, address: Address): Promise<'yes' | 'no' | 'down'>;
  /**
   * What others call a member now, as {@link membership} last brought it in this process; undefined where it did not. Left out where
   * it brings none.
   */
  nameNow?(place: Place, personId: string): NameNow | undefined;
  /**
   * Whether the bot is in the place: undefined unless the platform itself says so, in words that no outage, overload or unknown
   * token has. Never throws. Left out where places are nothing that a bot can be removed from.
   */
  presence?(place: Place): Promise<Presence | undefined>;
  /**
   * The place that this one became, where the platform gave it another id; undefined when it did not, or cannot be asked. Never
   * throws. Left out where places keep their ids for ever.
   */
  becameOf?(place: Place): Promise<Place | undefined>;
  /** Drops what this process alone holds of a person (uploads, pictures): part of every erasure. Left out where it holds nothing. */
  forget?(personId: string): void;
}
