import type { Purpose } from '../../src/consent/consent.ts';
import type { CommandName, Words } from '../../src/text/words.ts';
import type { Photo } from './faces.ts';

/** What the program must hold of somebody in one group, after all that happened. */
export interface Held {
  readonly agreed: Set<Purpose>;
  /** The person whose face they enrolled; undefined while there are no shots. */
  face?: number | undefined;
  /** The shots of that face, oldest first. */
  shots: number[];
  /** Whether they say that somebody else enrolled their face. */
  isChallenger: boolean;
  /** Whether the whole group may be shown who they are. Undefined when a kill leaves that open. */
  isShown?: boolean | undefined;
}

export type PhotoCommand = 'find' | 'enroll' | 'me' | 'blur';

/** What a person asked for, as the crawler knows it. */
export interface Asked {
  readonly who: number;
  /** Undefined in private. */
  readonly group: number | undefined;
  readonly command: CommandName;
  readonly photos: readonly Photo[];
  /** What a button chose: `dispute` (the face is the asker's), another gesture, or `stop`. */
  readonly choice?: string | undefined;
  /** The request for a gesture to which that button belongs: see {@link AskedGesture}. */
  readonly request?: number;
  /** Whether to blur the asker like everybody else. */
  readonly isAll?: boolean;
  /**
   * Whether a button chose to blur the asker too, after the asker agreed that the photos are looked
   * at.
   */
  readonly isAllLater?: boolean;
  /** For /blur: whether the photos are looked at a second time, more closely. */
  readonly isAgain?: boolean;
  /** For /me: the numbers of the photos that show somebody else after all. */
  readonly taken?: readonly number[];
  /** Whether the ask is sent from outside the group that it is about. */
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
  | { readonly for: 'gesture'; readonly ask: Asked; readonly request: number }
  | { readonly for: 'setting'; readonly ask: Asked }
  | { readonly for: 'pick'; readonly ask: Asked }
  | { readonly for: 'blur'; readonly ask: Asked }
  | { readonly for: 'me'; readonly ask: Asked }
  | { readonly for: 'find'; readonly ask: Asked }
  | { readonly for: 'other'; readonly ask: Asked };

/** What an answer must claim. Besides, it may claim only what the other fields allow. */
export interface Expected {
  /** Keys of sentences, see texts.ts. */
  readonly claims: readonly string[];
  /** `maybe`: what it may also claim. `or`: what it may claim instead. */
  readonly maybe?: readonly string[];
  readonly or?: readonly string[];
  /** Whole sentences that it must have, with all their figures. */
  readonly says?: (words: Words) => readonly string[];
  /** The figures that its sentences must have, by their names. */
  readonly told?: Readonly<Record<string, number>>;
  /** For a result: the people who are named, no more and no fewer. */
  readonly names?: readonly number[];
  /** Whether it may name fewer people. */
  readonly areAtMost?: boolean;
  /** Whether it tells what was seen on photos. */
  readonly isSeen?: boolean;
  readonly offers?: Offer;
  /** The result that a whole group is shown besides the answer. */
  readonly shows?: ToShow;
  /** The ask that waits for more selfies, while this notice is shown. */
  readonly awaits?: Asked;
}

/** A result that a button shows to a group. */
export interface ToShow {
  readonly group: number;
  readonly asker: number;
  /**
   * `named`: the people whom the result must name. `maybe`: those whom it may name, because a kill
   * left open whether they agreed to that.
   */
  readonly named: readonly number[];
  readonly maybe: readonly number[];
}

/** The sentence that says why a photo cannot be looked at. */
export function unread({ isGone, isBroken }: Photo): string | undefined {
  if (isGone) return 'failures.photo_gone';
  return isBroken ? 'failures.not_an_image' : undefined;
}

/** The sentence that says why nobody is seen on a photo. */
export function wrongOf(photo: Photo): string | undefined {
  return unread(photo) ?? (photo.faces.length === 0 ? 'failures.no_face' : undefined);
}

/** The sentence that says why a photo is no selfie. */
export function wrongSelfie(photo: Photo): string | undefined {
  if (photo.isBorrowed) return 'failures.no_photo:borrowed';
  return wrongOf(photo) ?? (photo.faces.length > 1 ? 'failures.several_faces' : undefined);
}

export function unique<T>(all: readonly T[]): T[] {
  return [...new Set(all)];
}
