import { type CommandName, wordsFor } from '../../src/text/words.ts';
import { ASKED } from './utterances.ts';

/** Whether a button is a signpost's link. It leads each person to what they asked themselves. */
export const isSignpost = (id: string) => id.startsWith('on_');

/**
 * The id of the question that a button belongs to, for the person who sees it; undefined for a
 * button that always works.
 */
export function questionOf(id: string, who: number): string | undefined {
  const [question = ''] = id.split(':', 1);
  if (isSignpost(question)) return `${question} ${who}`;
  return /^([\w-]{22}|pick-\d+)$/.test(question) ? question : undefined;
}

/** The command on a button's label. */
export function commandLabelled(label: string, language: string): CommandName | undefined {
  return ASKED.find((name) => wordsFor(language).commands[name].button === label);
}
