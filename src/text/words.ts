import { de } from './de.ts';
import { en } from './en.ts';

/** The sentences of one language. */
export type Words = typeof en;

const LANGUAGES: Readonly<Record<string, Words>> = { en, de };

/** The sentences for a BCP 47 locale ("de-AT" is served by "de"); English where there are none. */
export function wordsFor(locale: string): Words {
  return LANGUAGES[locale.toLowerCase().split(/[-_]/, 1)[0] ?? 'en'] ?? en;
}
