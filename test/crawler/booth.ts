import type { Photo } from './faces.ts';

/** A button as a person sees it. */
export interface Button {
  /** What its press carries. For a deep link, what it opens. */
  readonly id: string;
  readonly label: string;
  readonly isLink: boolean;
  /** The page's own: it types a command. */
  readonly isStep?: boolean;
  /** Telegram's own list of groups, and which of them is picked. */
  readonly picks?: number;
}

/** One message of the bot to somebody, or an alert above it. */
export interface Shown {
  readonly text: string;
  readonly buttons: readonly Button[];
  /** Where to press it. Only the booth knows the meaning. */
  readonly at?: unknown;
  /** Discord's form for a new enrolment. */
  readonly isForm?: boolean;
}

/** A message of a person. */
export interface Said {
  readonly words: string;
  readonly photos: readonly Photo[];
  /** Undefined in private. */
  readonly group: number | undefined;
  /** Whether as files, on platforms that distinguish them from photos. */
  readonly asFiles?: boolean;
  readonly isForwarded?: boolean;
  /** Another kind of message, on platforms that have it. */
  readonly media?: 'video' | 'video_note' | 'animation' | 'voice' | 'audio' | 'sticker';
  /** Whether it answers the bot's last message there. */
  readonly isReply?: boolean;
}

/** An answer under way: `first` when something of it is visible, then the whole answer. */
export interface Coming {
  /** @throws when nothing comes */
  readonly first: Promise<void>;
  readonly all: () => readonly Shown[];
  /** Whether the platform was told that it was heard, and no longer owes it to the bot. */
  readonly isHeard: () => boolean;
  /** Delivers its cause once more. */
  readonly repeat?: () => void;
}

/** How people of one platform reach the bot. */
export interface Booth {
  /** Whether there is a room without other people. */
  readonly hasPrivate: boolean;
  /** Makes them known there, with a language, as a member of these groups, and an admin of some. */
  join(who: number, name: string, language: string, groups: readonly number[], admin: readonly number[]): void;
  says(who: number, said: Said): Coming;
  presses(who: number, shown: Shown, button: Button, group: number | undefined): Coming;
  /** What presses the button of the last invitation in a group; undefined while there is none. */
  invitation?(group: number): ((who: number) => Coming) | undefined;
  /** Sends the form that they were shown. */
  submits?(who: number, form: Shown, photos: readonly Photo[], group: number | undefined, isShown: boolean): Coming;
  leaves?(who: number, group: number): void;
  returns?(who: number, group: number): void;
  /** The group gets another id. */
  moves?(group: number): void;
  /** Resolves once the bot has handled everything that happened. */
  settled(): Promise<void>;
}
