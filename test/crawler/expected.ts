import type { Purpose } from '../../src/consent/consent.ts';
import type { CommandName, Words } from '../../src/text/words.ts';
import type { Photo } from './faces.ts';

/** What is held of somebody in one group, as it must be by all that happened. */
export interface Held {
  readonly agreed: Set<Purpose>;
  /** Whose face it is that they enrolled; nobody's while there are no shots. */
  face?: number | undefined;
  /** Which shots of it, oldest first. */
  shots: number[];
  /** They say of their face that somebody else enrolled it. */
  isChallenger: boolean;
}

export type PhotoCommand = 'find' | 'enroll' | 'me' | 'blur';

/** What a person asked for, as the crawler knows it. */
export interface Asked {
  readonly who: number;
  /** Undefined in private. */
  readonly group: number | undefined;
  readonly command: CommandName;
  readonly photos: readonly Photo[];
  /** By a button: it is their face all the same, another gesture is wanted, or none. */
  readonly choice?: string | undefined;
  /** To be blurred like everybody else. */
  readonly isAll?: boolean;
  /** That a button said so, for photos that its presser agreed to have looked at. */
  readonly isAllLater?: boolean;
  /** Of /blur: looked at once more. */
  readonly isAgain?: boolean;
  /** Of /me: the numbers of the photos that show somebody else after all. */
  readonly taken?: readonly number[];
  /** Of a group that is not where it is asked. */
  readonly isOutside?: boolean;
}

/** What the buttons of an answer stand for. */
export type Offer =
  | { readonly for: 'consent'; readonly ask: Asked; readonly purpose: Purpose }
  | { readonly for: 'leaving'; readonly ask: Asked }
  | { readonly for: 'command'; readonly ask: Omit<Asked, 'command'>; readonly commands: readonly CommandName[] }
  | { readonly for: 'place'; readonly ask: Asked; readonly groups: readonly number[] }
  | { readonly for: 'opening'; readonly ask: Asked }
  | { readonly for: 'claim'; readonly ask: Asked }
  | { readonly for: 'proof'; readonly ask: Asked }
  | { readonly for: 'setting'; readonly ask: Asked }
  | { readonly for: 'pick'; readonly ask: Asked }
  | { readonly for: 'blur'; readonly ask: Asked }
  | { readonly for: 'me'; readonly ask: Asked }
  | { readonly for: 'other'; readonly ask: Asked };

/** What an answer has to claim, and nothing else. */
export interface Expected {
  /** Keys of sentences, see texts.ts. */
  readonly claims: readonly string[];
  /** What may be claimed beside it, and what instead of it. */
  readonly maybe?: readonly string[];
  readonly or?: readonly string[];
  /** Whole sentences, with all their figures. */
  readonly says?: (words: Words) => readonly string[];
  /** What the sentences were told, by their names. */
  readonly told?: Readonly<Record<string, number>>;
  /** Of a result: who is named, no more and no fewer. */
  readonly names?: readonly number[];
  /** Whether fewer may be named. */
  readonly areAtMost?: boolean;
  /** Whether it is said of what was seen on photos. */
  readonly isSeen?: boolean;
  readonly offers?: Offer;
  /** Under the notice that it shows more selfies are waited for. */
  readonly awaits?: Asked;
}

/** Why a photo cannot be looked at. */
export function unread({ isGone, isBroken }: Photo): string | undefined {
  if (isGone) return 'failures.photo_gone';
  return isBroken ? 'failures.not_an_image' : undefined;
}

/** Why nobody is seen on a photo. */
export function wrongOf(photo: Photo): string | undefined {
  return unread(photo) ?? (photo.faces.length === 0 ? 'failures.no_face' : undefined);
}

/** Why a photo is no selfie. */
export function wrongSelfie(photo: Photo): string | undefined {
  if (photo.isBorrowed) return 'failures.no_photo:borrowed';
  return wrongOf(photo) ?? (photo.faces.length > 1 ? 'failures.several_faces' : undefined);
}

export function unique<T>(all: readonly T[]): T[] {
  return [...new Set(all)];
}
