import type { Catalogue } from '../../src/text/words.ts';
import { catalogueOf, sentencesOf } from './catalogue.ts';
import { grammarViolations } from './grammar.ts';
import { limitViolations } from './limits.ts';
import { noticeViolations } from './notice.ts';
import { referenceViolations } from './reference.ts';
import { saidViolations } from './said.ts';
import { shapeViolations } from './shape.ts';

/**
 * All that is wrong with a language's catalogue, a line each; what its sentences say is asked only
 * once they can be read.
 */
export function violations(language: string, catalogue: Catalogue): string[] {
  const theirs = sentencesOf(catalogue);
  const english = language === 'en' ? theirs : sentencesOf(catalogueOf('en'));
  const unreadable = [...shapeViolations(language, theirs, english), ...grammarViolations(language, theirs, english)];
  if (unreadable.length > 0) return unreadable;
  return [
    ...(language === 'en' ? referenceViolations(theirs) : []),
    ...saidViolations(language, theirs, english),
    ...limitViolations(language, theirs),
    ...noticeViolations(language, catalogue),
  ];
}
