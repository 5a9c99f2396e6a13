import type { Ask, Press } from '../../src/chat/ask.ts';
import type { Deed } from './steps.ts';

/** What a platform delivers. */
export type Update = { readonly ask: Ask } | { readonly press: Press };

/** How many updates a platform may deliver once more. */
const MOST_REPEATED = 8;

/** The last updates, which a platform may deliver once more. */
export class Updates {
  readonly #last: Update[] = [];
  readonly #interrupted = new Map<Update, Deed>();

  note(update: Update): void {
    this.#last.unshift(update);
    this.#last.length = Math.min(this.#last.length, MOST_REPEATED);
  }

  /** The update before which `back` later ones came. */
  at(back: number): Update | undefined {
    return this.#last[back];
  }

  /** Notes that a crash interrupted the deed of all updates that came since `newest`. */
  interrupted(deed: Deed, newest: Update | undefined): void {
    const since = newest ? this.#last.indexOf(newest) : -1;
    for (const update of since < 0 ? this.#last : this.#last.slice(0, since)) this.#interrupted.set(update, deed);
  }

  /**
   * The deed of an update, if a crash interrupted it. Delivered once more, the update may do it. So
   * this gives the deed only once.
   */
  takeInterrupted(update: Update): Deed | undefined {
    const deed = this.#interrupted.get(update);
    this.#interrupted.delete(update);
    return deed;
  }
}
