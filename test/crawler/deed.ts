import type { Coming, Shown } from './booth.ts';
import type { Expected, Offer } from './expected.ts';
import type { Somebody } from './somebody.ts';

/** An action of somebody, and what must come of it. */
export interface Deed {
  readonly person: Somebody;
  readonly what: string;
  /** The deed in words, for people who read a failure. */
  readonly told: string;
  readonly act: () => Coming;
  /** The answers that are right. One of them must fit. */
  readonly expected: readonly Expected[];
  /** Where the answer's buttons are pressed; undefined in private. */
  readonly room: number | undefined;
  /** Whether the platform delivers the deed once more. */
  readonly isRepeated: boolean;
  /** The id of the button that the person presses. */
  readonly pressed?: string;
  /** Whether the person presses it twice at the same time. */
  readonly isTwice?: boolean;
  /**
   * Whether there may be no answer, because the person sees what happened. If nothing happened,
   * they do it again.
   */
  readonly isSilent?: boolean;
  /** What the person does with the answer as soon as it comes. */
  readonly onward?: (shown: readonly Shown[]) => Deed;
}

/** What the buttons of one answer stand for. */
export interface Question {
  readonly owner: number;
  offer: Offer;
  isUsed: boolean;
  /** Whether its owner left, so that its buttons do nothing any more. */
  isLost: boolean;
  readonly labels: string[];
}

export interface Acted {
  readonly deed: Deed;
  readonly coming: Coming;
}
