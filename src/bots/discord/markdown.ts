import { tellMoments } from '../../text/moment.ts';
import { type CommandIds, withMentions } from './mentions.ts';

const SPECIAL = /(https?:\/\/[^\s<>]+)|[\\*_~`|<[]|^(?:[#>]|-(?=#))/gm;

/**
 * Escapes a text, so that Discord shows the text unchanged: a name in it cannot style, mention or
 * link. Web addresses are not escaped.
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

/** The texts of one message, as far as they fit into it. */
export interface Portions {
  /** One for each text that was given. Empty after the one that was cut. */
  readonly texts: readonly string[];
  readonly isCut: boolean;
}

/** What stands between two texts of one message. */
export const GAP = '\n\n';

/**
 * Fits texts, each with a {@link GAP} after it, into `room` characters. The first one that does not
 * fit is cut between paragraphs, lines or words, and ends with "…".
 */
export function portion(texts: readonly string[], room: number): Portions {
  let left = room;
  let isCut = false;
  const fitting = texts.map((text) => {
    if (isCut) return '';
    isCut = text.length > left;
    if (!isCut) left -= text.length + GAP.length;
    return isCut ? ended(text, left) : text;
  });
  return { texts: fitting, isCut };
}

const END = ' …';

function ended(text: string, length: number): string {
  return length > END.length ? `${cut(text, length - END.length)}${END}` : '';
}

function cut(text: string, length: number): string {
  const window = text.slice(0, length);
  const at = [window.lastIndexOf('\n\n'), window.lastIndexOf('\n'), window.lastIndexOf(' ')].find(
    (index) => index > length / 2,
  );
  if (at !== undefined) return text.slice(0, at);
  // A single word fills the window. It must not be cut between an escape and its sign, or inside a
  // surrogate pair.
  return /[\\\uD800-\uDBFF]$/.test(window) ? window.slice(0, -1) : window;
}
