import { el } from '../dom.js';
import { numbers, t } from '../facts.js';
import { inWords } from './chance.js';
import { explanation } from './explanation.js';
import { buttons } from './question.js';
import { drawScale } from './scale.js';
import { paragraphs } from './text.js';

/**
 * @typedef {import('../api.js').Result} Result
 * @typedef {import('../api.js').Face} Face
 * @typedef {import('../api.js').Match} Match
 * @typedef {import('../api.js').Measured} Measured
 */

/**
 * The photo with its numbered faces, and for each face who it may be, how close, and how likely a stranger would be as close.
 * @param {Result} result
 * @param {import('./reply.js').Context} context
 */
export function renderResult(result, context) {
  const [summary = ''] = result.text.split('\n');
  const measured = result.faces.flatMap(({ matches }) => matches.filter(isMeasured));
  const best = measured.toSorted((a, b) => a.distance - b.distance)[0];
  return el(
    'div',
    { class: 'card result' },
    el('h4', {}, ...paragraphs(summary).flatMap((paragraph) => [...paragraph.childNodes])),
    result.picture !== undefined &&
      el(
        'a',
        { class: 'picture', href: result.picture, target: '_blank', rel: 'noreferrer' },
        el('img', { src: result.picture, alt: result.alt ?? t('picture') }),
      ),
    el('ol', { class: 'faces' }, ...result.faces.map((face) => renderFace(face, result))),
    best && explanation(best, result),
    result.actions && buttons(result.actions, context),
  );
}

/**
 * @param {Face} face
 * @param {Result} result
 */
function renderFace({ number, verdict, matches }, { limits }) {
  return el(
    'li',
    { class: verdict },
    el('span', { class: 'number' }, el('span', { class: 'sr' }, t('face')), String(number)),
    el(
      'div',
      { class: 'about' },
      ...(matches.length === 0
        ? [el('p', { class: 'nobody' }, t(verdict === 'possible' ? 'similar' : 'nobody'))]
        : [...matches.map(renderMatch), matches.some(isMeasured) && drawScale(matches.filter(isMeasured), limits)]),
    ),
  );
}

/**
 * How near somebody is stands at one face alone.
 * @param {Match} match
 * @returns {match is Measured}
 */
function isMeasured(match) {
  return match.distance !== undefined;
}

/** @param {Match} match */
function renderMatch(match) {
  const { name, verdict } = match;
  return el(
    'div',
    { class: 'named' },
    el(
      'p',
      { class: 'name' },
      el('strong', {}, el('q', {}, el('bdi', {}, name))),
      ' ',
      el('span', { class: `verdict ${verdict}` }, t(verdict)),
    ),
    isMeasured(match) &&
      el(
        'p',
        { class: 'measured' },
        t('distance', { d: numbers.format(match.distance) }),
        ' · ',
        t('strangerThisClose', { chance: inWords(match.chance) }),
      ),
  );
}
