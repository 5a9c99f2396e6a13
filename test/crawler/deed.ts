import type { Coming, Shown } from './booth.ts';
import type { Expected, Offer } from './expected.ts';
import type { Somebody } from './somebody.ts';

/** An action of somebody, and what must come of it. */
export interface Deed {
  readonly person: Somebody;
  readonly what: string;
  /** For people who read a failure. */
  readonly told: string;
  readonly act: () => Coming;
  /** One of these must fit. */
  readonly expected: readonly Expected[];
  /** Where the answer's buttons are pressed; undefined in private. */
  readonly room: number | undefined;
  /** Whether its platform delivers it once more. */
  readonly isRepeated: boolean;
  /** The button that they press. */
  readonly pressed?: string;
  /** Whether they do it twice at once. */
  readonly isTwice?: boolean;
  /** What they do at once with the answer. */
  readonly onward?: (shown: readonly Shown[]) => Deed;
}

/** What the buttons of one answer stand for. */
export interface Question {
  readonly owner: number;
  offer: Offer;
  isUsed: boolean;
  /** Whether it was withdrawn with its owner. */
  isLost: boolean;
  readonly labels: string[];
}

export interface Acted {
  readonly deed: Deed;
  readonly coming: Coming;
}
