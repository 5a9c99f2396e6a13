import { el } from '../dom.js';
import { numbers, t } from '../facts.js';
import { wrongAnswers } from './chance.js';
import { explanation } from './explanation.js';
import { linkedFaces } from './faces.js';
import { buttons } from './question.js';
import { paragraphs } from './text.js';

/**
 * @typedef {import('../api.js').Result} Result
 * @typedef {import('../api.js').Face} Face
 * @typedef {import('../api.js').Match} Match
 * @typedef {import('../api.js').Measured} Measured
 */

/**
 * Shows a result. First come the people who may be on the photo, each with their face. Then come
 * the photo with its numbered faces, the faces of unknown people, and what the figures mean.
 * @param {Result} result
 * @param {import('./reply.js').Context} context
 */
export function renderResult(result, context) {
  const [first = ''] = result.text.split('\n');
  const { summary = first, notes = [] } = result;
  const measured = result.faces.flatMap(({ matches }) => matches.filter(isMeasured));
  const { photo, links } = linkedFaces(result);
  const row = (/** @type {Face} */ face) => renderFace(face, links.get(face.number));
  const known = result.faces.filter(({ verdict }) => verdict !== 'unknown');
  const others = result.faces.filter(({ verdict }) => verdict === 'unknown');
  return el(
    'div',
    { class: 'card result' },
    el('h4', {}, ...paragraphs(summary).flatMap((paragraph) => [...paragraph.childNodes])),
    known.length > 0 && el('ol', { class: 'faces' }, ...known.map(row)),
    photo,
    others.length > 0 && el('ol', { class: 'faces others' }, ...others.map(row)),
    ...notes.map((note) => el('p', {}, note)),
    measured.length > 0 && explanation(measured, result),
    result.actions && buttons(result.actions, context),
  );
}

/**
 * @param {Face} face
 * @param {HTMLElement | undefined} crop
 */
function renderFace({ verdict, matches }, crop) {
  return el(
    'li',
    { class: verdict },
    crop,
    el(
      'div',
      { class: 'about' },
      ...(matches.length === 0
        ? [el('p', { class: 'nobody' }, t(verdict === 'possible' ? 'similar' : 'nobody'))]
        : matches.map(renderMatch)),
    ),
  );
}

/**
 * Whether the match has a distance. When a person matches several faces, only one match has it.
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
    'p',
    { class: 'named' },
    el('strong', { class: 'name' }, el('q', {}, el('bdi', {}, name))),
    ', ',
    el('span', { class: `verdict ${verdict}` }, t(verdict)),
    isMeasured(match) && `: ${t('distance', { d: numbers.format(match.distance) })}; ${wrongAnswers(match.chance)}`,
  );
}
