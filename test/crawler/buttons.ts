import { type CommandName, wordsFor } from '../../src/text/words.ts';
import { ASKED } from './utterances.ts';

/** The id of the question that a button belongs to; undefined for a button that always works. */
export function questionOf(id: string): string | undefined {
  const [question = ''] = id.split(':', 1);
  return /^([\w-]{22}|pick-\d+)$/.test(question) ? question : undefined;
}

/** The command on a button's label. */
export function commandLabelled(label: string, language: string): CommandName | undefined {
  return ASKED.find((name) => wordsFor(language).commands[name].button === label);
}
