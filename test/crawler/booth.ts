import type { Photo } from './faces.ts';

/** A button as a person sees it. */
export interface Button {
  /** What its press carries; for a deep link, what the link opens. */
  readonly id: string;
  readonly label: string;
  readonly isLink: boolean;
  /** Whether it is one of the page's own buttons, which type a command. */
  readonly isStep?: boolean;
  /** Set for Telegram's own list of groups: the group that is picked in it. */
  readonly picks?: number;
}

/** One message of the bot to somebody, or an alert that Telegram shows over the chat. */
export interface Shown {
  readonly text: string;
  readonly buttons: readonly Button[];
  /** What the booth needs to press the buttons. Nothing else can read it. */
  readonly at?: unknown;
  /** Whether it is Discord's form for a new enrolment. */
  readonly isForm?: boolean;
  /** Whether a message was deleted and nothing was said. */
  readonly isGone?: boolean;
}

/** A message of a result that a group was shown. */
export interface Post {
  /** The name of this message, which no other message has. */
  readonly key: string;
  readonly shown: Shown;
}

/** Some kinds of messages that are neither words nor photos. */
export const MEDIA = [
  'video',
  'video_note',
  'animation',
  'voice',
  'audio',
  'sticker',
  'contact',
  'location',
  'poll',
  'dice',
  'story',
  'paid_media',
] as const;

/** A message of a person. */
export interface Said {
  readonly words: string;
  readonly photos: readonly Photo[];
  /** Undefined in private. */
  readonly group: number | undefined;
  /** Whether the photos are sent as files, on platforms that tell these from photos. */
  readonly asFiles?: boolean;
  readonly isForwarded?: boolean;
  /** Sends another kind of message instead, on platforms that have it. */
  readonly media?: (typeof MEDIA)[number];
  /** Whether it replies to the bot's last message there. */
  readonly isReply?: boolean;
}

/**
 * An answer that is on its way. `first` resolves when some of it is visible; `all` gives the whole
 * answer.
 */
export interface Coming {
  /** Rejects when nothing comes. */
  readonly first: Promise<void>;
  readonly all: () => readonly Shown[];
  /**
   * False when the message or press is lost: the bot did not acknowledge it, and the platform does
   * not send it again.
   */
  readonly isHeard: () => boolean;
  /**
   * Whether the message or press was sent a second time, to a program that had started again. The
   * killed program may have handled the first already.
   */
  readonly isAgain?: () => boolean;
  /** Delivers the message or press once more. */
  readonly repeat?: () => void;
}

/** How people of one platform reach the bot. */
export interface Booth {
  /** Whether people can be alone with the bot. */
  readonly hasPrivate: boolean;
  /**
   * Makes somebody known on the platform, with a language, as a member of these groups, and as an
   * admin of some.
   */
  join(who: number, name: string, language: string, groups: readonly number[], admin: readonly number[]): void;
  says(who: number, said: Said): Coming;
  presses(who: number, shown: Shown, button: Button, group: number | undefined): Coming;
  /**
   * Gives a function that presses the button of the last invitation in a group; undefined while
   * there is none.
   */
  invitation?(group: number): ((who: number) => Coming) | undefined;
  /**
   * Sends the form that the person was shown. `isShown`: it also agrees to be shown to the group.
   */
  submits?(who: number, form: Shown, photos: readonly Photo[], group: number | undefined, isShown: boolean): Coming;
  /** The messages of results that a group was shown and still sees. */
  posts?(group: number): readonly Post[];
  leaves?(who: number, group: number): void;
  returns?(who: number, group: number): void;
  /** Gives the group another id. */
  moves?(group: number): void;
  /** Resolves once the bot has handled everything that happened. */
  settled(): Promise<void>;
}
