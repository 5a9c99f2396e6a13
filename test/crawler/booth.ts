import type { Photo } from './faces.ts';

/** A button as a person sees it. */
export interface Button {
  /** What its press carries; of a deep link what opens. */
  readonly id: string;
  readonly label: string;
  readonly isLink: boolean;
}

/** One message of the bot to somebody, or what is said above it. */
export interface Shown {
  readonly text: string;
  readonly buttons: readonly Button[];
  /** Where a press is made; only the booth knows what it is. */
  readonly at?: unknown;
  /** Discord's form for a new enrolment. */
  readonly isForm?: boolean;
}

/** What somebody says. */
export interface Said {
  readonly words: string;
  readonly photos: readonly Photo[];
  /** Undefined in private. */
  readonly group: number | undefined;
  /** As files, where a platform tells them from photos. */
  readonly asFiles?: boolean;
  readonly isForwarded?: boolean;
  /** Another thing than photos, where a platform has such. */
  readonly media?: 'video' | 'video_note' | 'animation' | 'voice' | 'audio' | 'sticker';
  /** In answer to the bot's last message there. */
  readonly isReply?: boolean;
}

/** An answer that is on its way: first until something of it is seen; then, once all of it is there, all of it. */
export interface Coming {
  /** @throws where nothing comes */
  readonly first: Promise<void>;
  readonly all: () => readonly Shown[];
  /** Delivers once more what led to it. */
  readonly repeat?: () => void;
}

/** How people of one platform reach the bot. */
export interface Booth {
  /** Whether there is a room without anybody else. */
  readonly hasPrivate: boolean;
  /** Makes them known there, with a language, as a member of these groups. */
  join(who: number, name: string, language: string, groups: readonly number[]): void;
  says(who: number, said: Said): Coming;
  presses(who: number, shown: Shown, button: Button, group: number | undefined): Coming;
  /** Sends the form that they were shown. */
  submits?(who: number, form: Shown, photos: readonly Photo[], group: number | undefined, isShown: boolean): Coming;
  leaves?(who: number, group: number): void;
  returns?(who: number, group: number): void;
  /** The group gets another id. */
  moves?(group: number): void;
  /** Resolves once the bot has taken in all that happened. */
  settled(): Promise<void>;
}
