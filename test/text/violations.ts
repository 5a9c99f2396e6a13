import type { Catalogue } from '../../src/text/words.ts';
import { catalogueOf, changed, sentencesOf } from './catalogue.ts';
import { elsewhereViolations } from './elsewhere.ts';
import { grammarViolations } from './grammar.ts';
import { limitViolations } from './limits.ts';
import { noticeViolations } from './notice.ts';
import { referenceViolations } from './reference.ts';
import { saidViolations } from './said.ts';
import { shapeViolations } from './shape.ts';

/**
 * All faults of a language's catalogue, one line each. Only readable sentences are checked further;
 * in a notice, English replaces an unreadable one.
 */
export function violations(language: string, catalogue: Catalogue): string[] {
  const theirs = sentencesOf(catalogue);
  const english = language === 'en' ? theirs : sentencesOf(catalogueOf('en'));
  const unreadable = [...shapeViolations(language, theirs, english), ...grammarViolations(language, theirs, english)];
  const broken = new Set(unreadable.map((line) => /^[\w.]+/.exec(line)?.[0]));
  const sound = new Map([...theirs].filter(([path]) => !broken.has(path)));
  const whole = unreadable.length === 0 ? catalogue : changed(catalogueOf('en'), Object.fromEntries(sound));
  return [
    ...unreadable,
    ...(language === 'en' ? referenceViolations(theirs) : []),
    ...saidViolations(language, sound, english),
    ...limitViolations(language, sound),
    ...elsewhereViolations(language, sound),
    ...noticeViolations(language, whole),
  ];
}
