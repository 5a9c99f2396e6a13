import type { FailureCode, FailureDetails } from '../failure.ts';
import { de } from './de.ts';
import { en } from './en.ts';

/** The sentences of one language. */
export type Words = typeof en;

const LANGUAGES: Readonly<Record<string, Words>> = { en, de };

/** Languages there are sentences for, BCP 47. */
export const LOCALES = Object.keys(LANGUAGES);

/** The sentences for a BCP 47 locale ("de-AT" is served by "de"); English where there are none. */
export function wordsFor(locale: string): Words {
  return LANGUAGES[locale.toLowerCase().split(/[-_]/, 1)[0] ?? 'en'] ?? en;
}

/** The sentence for a failure that a person can do something about; `internal` needs its incident's id instead. */
export function failureText(words: Words, code: Exclude<FailureCode, 'internal'>, details: FailureDetails): string {
  const sentence = words.failures[code];
  return typeof sentence === 'string' ? sentence : sentence(details);
}
