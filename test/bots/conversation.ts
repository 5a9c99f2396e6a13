import type { ActionRole, Reply } from '../../src/chat/reply.ts';
import type { ExportedGroup } from './overheard.ts';

/**
 * A button under a message, as people see it. `show` is a result's "Show to the group". `right` is
 * a button for one of a person's rights, which may be used at any time.
 */
export interface SeenButton {
  readonly role: ActionRole | 'show' | 'right';
  readonly label: string;
}

/** One message as people see it, the same on every platform, in English. */
export interface Seen {
  /** The kind of message, by its looks. `text` has no question buttons, picture or receipt. */
  readonly kind: 'consent' | 'confirm' | 'result' | 'receipt' | 'text';
  /** As people read it: escapes resolved, all parts of a long text in order. */
  readonly text: string;
  readonly buttons: readonly SeenButton[];
  /** The picture's bytes, if any. */
  readonly picture?: Uint8Array;
  /** What a screen reader says of the picture. */
  readonly alt?: string;
  /** Compact JWS, if any. */
  readonly receipt?: string;
}

/**
 * A platform with the real app, as its people use it. People and places have names ("Ann", "Chess
 * club"). The driver gives them ids, and makes everybody who acts in a place a member of it.
 */
export interface Driver extends AsyncDisposable {
  /**
   * `person` sends `/command` with photos in `place`, or in private about that place if the
   * platform works so. Resolves with the final answer, never the placeholder.
   */
  send(person: string, place: string, command: string, photos?: readonly Uint8Array[]): Promise<Seen>;
  /**
   * `person` asks who is on the photo of `sender`'s message in `place`, or, with `me`, whether
   * `person` is on it. Absent on a platform where nobody sees the messages of others.
   */
  ask?(person: string, place: string, sender: string, photo: Uint8Array, command?: 'find' | 'me'): Promise<Seen>;
  /**
   * `person` presses the first button of this role under the message that `owner` (default:
   * `person`) last saw in `place`.
   */
  press(person: string, place: string, role: SeenButton['role'], owner?: string): Promise<Seen>;
  /** The program stops and starts again with the same data. */
  restart(): Promise<void>;
  /**
   * Present when a company carries the messages: all bytes sent to it so far, and the operator's
   * export of a person.
   */
  readonly carried?: {
    readonly bytes: () => Buffer;
    readonly exported: (person: string) => Promise<readonly ExportedGroup[]>;
  };
}

/** The {@link Seen.kind} of a message, by its looks alone. */
export function looksLike(seen: Omit<Seen, 'kind'>): Seen['kind'] {
  if (seen.receipt !== undefined) return 'receipt';
  if (seen.picture !== undefined) return 'result';
  if (seen.buttons.some(({ role }) => role === 'agree')) return 'consent';
  if (seen.buttons.some(({ role }) => role === 'confirm')) return 'confirm';
  return 'text';
}

/** The {@link Seen.kind} of a reply of the page, which says its own kind. */
export function looksOf(reply: Exclude<Reply, { kind: 'result' | 'blurred' | 'presence' }>): Seen['kind'] {
  return reply.kind === 'info' || reply.kind === 'enrolled' || reply.kind === 'error' ? 'text' : reply.kind;
}
