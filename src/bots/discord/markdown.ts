import { tellMoments } from '../../text/moment.ts';
import { type CommandIds, withMentions } from './mentions.ts';

/** Discord's limits in characters, for a message's own text and for an embed's description. */
const CONTENT = 2000;
const DESCRIPTION = 4000;

const SPECIAL = /(https?:\/\/[^\s<>]+)|[\\*_~`|<[]|^(?:[#>]|-(?=#))/gm;

/**
 * Makes text that Discord shows unchanged: a name in it cannot style, mention or link. Addresses
 * stay as they are.
 */
export function escapeMarkdown(text: string): string {
  return text.replace(SPECIAL, (found, url?: string) => url ?? `\\${found}`);
}

/**
 * As {@link escapeMarkdown}. In addition, commands can be clicked, and Discord shows each moment in
 * its reader's time zone and language.
 */
export function markdownOf(text: string, ids: CommandIds): string {
  const told = tellMoments(escapeMarkdown(text), (at, unit) => `<t:${at / 1000}:${unit === 'day' ? 'D' : 'f'}>`);
  return withMentions(told, ids);
}

/** A text, divided for one Discord message. */
export interface Portions {
  readonly content: string;
  /** The rest that does not fit into the message's own text: at most one piece. */
  readonly embeds: readonly string[];
  /** Whether a part of the text was left out. Then `content` ends with a note that says so. */
  readonly isCut: boolean;
}

/**
 * Divides a text for one message, between paragraphs, lines or words. If the rest does not fit into
 * an embed, it is cut, and `note` says so.
 */
export function portion(text: string, note: string): Portions {
  if (text.length <= CONTENT) return { content: text, embeds: [], isCut: false };
  const [head, rest] = cut(text, CONTENT);
  if (rest.length <= DESCRIPTION) return { content: head, embeds: [rest], isCut: false };
  const [short] = cut(text, CONTENT - note.length - 4);
  return { content: `${short} …\n\n${note}`, embeds: [], isCut: true };
}

function cut(text: string, length: number): readonly [string, string] {
  const window = text.slice(0, length);
  const at = [window.lastIndexOf('\n\n'), window.lastIndexOf('\n'), window.lastIndexOf(' ')].find(
    (index) => index > length / 2,
  );
  if (at !== undefined) return [text.slice(0, at), text.slice(at).trimStart()];
  // A single word fills the window. It must not be cut between an escape and its sign, or inside a
  // surrogate pair.
  const hard = /[\\\uD800-\uDBFF]$/.test(window) ? length - 1 : length;
  return [text.slice(0, hard), text.slice(hard)];
}
