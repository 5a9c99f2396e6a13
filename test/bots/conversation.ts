import type { ActionRole, Reply } from '../../src/chat/reply.ts';
import type { ExportedGroup } from './overheard.ts';

/** A button as a person finds it under a message. `show` is a result's "Show to channel", `right` what a person may always do. */
export interface SeenButton {
  readonly role: ActionRole | 'show' | 'right';
  readonly label: string;
}

/** One message as a person sees it, the same on every platform. English is spoken. */
export interface Seen {
  /** What it looks like; `text` is all that has neither the buttons of a question, nor a picture, nor a receipt. */
  readonly kind: 'consent' | 'confirm' | 'result' | 'receipt' | 'text';
  /** As read: escapes resolved, all parts of a long text in order. */
  readonly text: string;
  readonly buttons: readonly SeenButton[];
  /** The picture's bytes, where there is one. */
  readonly picture?: Uint8Array;
  /** What a screen reader says of the picture. */
  readonly alt?: string;
  /** Compact JWS, where there is one. */
  readonly receipt?: string;
}

/**
 * A platform with the real app on it, as its people use it. People and places are named ("Ann", "Chess club"): the driver
 * gives them ids, and makes every person who does something in a place a member of it.
 */
export interface Driver extends AsyncDisposable {
  /**
   * `person` sends `/command` with photos, in `place` or, where the platform's way leads there, in private about that place.
   * Resolves with the answer that stays (never the placeholder).
   */
  send(person: string, place: string, command: string, photos?: readonly Uint8Array[]): Promise<Seen>;
  /** `person` asks who is on the photo of `sender`'s message in `place`; left out where nobody sees the messages of others. */
  ask?(person: string, place: string, sender: string, photo: Uint8Array): Promise<Seen>;
  /** `person` presses the first button of this role under the message last seen by `owner` (by default `person`) in `place`. */
  press(person: string, place: string, role: SeenButton['role'], owner?: string): Promise<Seen>;
  /** The program stops and starts again with the same data. */
  restart(): Promise<void>;
  /** Where somebody carries what is shown: all that they were sent so far, and what the operator exports of a person. */
  readonly carried?: {
    readonly bytes: () => Buffer;
    readonly exported: (person: string) => Promise<readonly ExportedGroup[]>;
  };
}

/** The {@link Seen.kind} of a message of which only the looks are known. */
export function looksLike(seen: Omit<Seen, 'kind'>): Seen['kind'] {
  if (seen.receipt !== undefined) return 'receipt';
  if (seen.picture !== undefined) return 'result';
  if (seen.buttons.some(({ role }) => role === 'agree')) return 'consent';
  if (seen.buttons.some(({ role }) => role === 'confirm')) return 'confirm';
  return 'text';
}

/** The {@link Seen.kind} of a reply of which all is known (the page's). */
export function looksOf(reply: Exclude<Reply, { kind: 'result' | 'blurred' | 'presence' }>): Seen['kind'] {
  return reply.kind === 'info' || reply.kind === 'enrolled' || reply.kind === 'error' ? 'text' : reply.kind;
}
