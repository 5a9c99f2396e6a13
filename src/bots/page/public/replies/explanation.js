import { el } from '../dom.js';
import { facts, numbers, t } from '../facts.js';
import { chanceAt, strangers } from '../strangers.js';
import { inWords } from './chance.js';
import { drawScale } from './scale.js';

/** The slider ends at a group with 10 ** 6 selfies, a million. No chat has a larger group. */
const MOST_DECADES = 6;

/**
 * Explains distance and chance. It shows this result's numbers on their scale, and how the same
 * distance would be judged in groups of other sizes.
 * @param {readonly import('../api.js').Measured[]} measured
 * @param {import('../api.js').Result} result
 */
export function explanation(measured, { compared, faces, limits }) {
  const distance = Math.min(...measured.map((match) => match.distance));
  const { templates = 1, faces: count = faces.length, power = 1, chancesRestOn = 'worst' } = compared ?? {};
  const values = {
    d: numbers.format(distance),
    n: numbers.format(templates),
    f: numbers.format(count),
    nf: numbers.format(templates * count),
    dims: numbers.format(facts.scale?.dims ?? 512),
    size: numbers.format(((facts.scale?.dims ?? 512) * 4) / 1024),
  };
  return el(
    'details',
    { class: 'explanation' },
    el('summary', {}, t('whatItMeans')),
    drawScale(measured, limits),
    el('h5', {}, t('explainDistance')),
    el('p', {}, t('explainDistanceWhat', values)),
    el('h5', {}, t('explainChance')),
    el('p', {}, t('explainChanceWhat', values)),
    el('p', {}, t(chancesRestOn === 'own' ? 'explainOwnPairs' : 'explainWorstGroup')),
    strangers && groupSlider(distance, templates, count, power),
    el('h5', {}, t('explainVector')),
    el('p', {}, t('explainVectorWhat', values)),
    el('p', { class: 'hint' }, t('explainLimits')),
  );
}

/**
 * @param {number} distance
 * @param {number} templates
 * @param {number} count
 * @param {number} power
 */
function groupSlider(distance, templates, count, power) {
  const output = el('output', {});
  const slider = el('input', {
    type: 'range',
    min: 0,
    max: MOST_DECADES,
    step: 0.1,
    value: Math.log10(Math.max(1, templates)),
    oninput: () => say(),
  });
  const say = () => {
    const size = Number((10 ** Number(slider.value)).toPrecision(2));
    const chance = inWords(chanceAt(distance, size * count, power));
    const sentence = t('inGroupOf', { n: numbers.format(Math.round(size)), d: numbers.format(distance), chance });
    output.textContent = sentence;
    slider.setAttribute('aria-valuetext', sentence);
  };
  say();
  return el('div', { class: 'group-size' }, el('label', {}, t('groupSize'), slider), output);
}
