import { numbers, t } from '../facts.js';

/** The smallest chance that an answer shows. */
const LEAST = 1e-4;

/**
 * A chance in words, "1 in 2,500". Above one in ten it is a percentage.
 * @param {number} chance 0..1
 */
export function inWords(chance) {
  if (chance <= LEAST) return t('rare');
  if (chance > 0.1) return t('percent', { n: numbers.format(Math.round(chance * 100)) });
  return t('oneIn', { n: numbers.format(Number((1 / chance).toPrecision(2))) });
}

/**
 * Says how many answers with this chance would be wrong. It says "at most", because shown chances
 * are rounded up.
 * @param {number} chance 0..1
 */
export function wrongAnswers(chance) {
  if (chance > 0.5) return t('wrongMostly');
  return t('wrongAnswers', { n: numbers.format(Math.round(1 / chance)) });
}
