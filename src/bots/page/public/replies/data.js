import { el } from '../dom.js';
import { download } from '../download.js';
import { numbers, t } from '../facts.js';
import { paragraphs } from './text.js';
import { barcode } from './vector.js';

/** A list of at least this many numbers is shown as a picture. */
const SHORTEST_VECTOR = 32;

/**
 * Shows a text, a picture of each long list of numbers in its data, a button that saves the data as
 * a file, and the data to unfold.
 * @param {string} text
 * @param {unknown} data
 */
export function renderData(text, data) {
  const json = JSON.stringify(data, null, 2);
  const vectors = vectorsIn(data);
  return el(
    'div',
    { class: 'card' },
    ...paragraphs(text),
    ...vectors.map(barcode),
    el(
      'div',
      { class: 'keep' },
      el(
        'button',
        { type: 'button', onclick: () => download('facefinder-data.json', json, 'application/json') },
        t('download'),
      ),
    ),
    el('details', {}, el('summary', {}, t('showData')), tree(data)),
  );
}

/**
 * Plain JSON as nested lists. In place of a long list of numbers it shows only how many they are.
 * @param {unknown} value
 * @returns {HTMLElement}
 */
function tree(value) {
  if (isVector(value)) return el('span', {}, t('manyNumbers', { n: numbers.format(value.length) }));
  if (Array.isArray(value)) {
    return value.length === 0
      ? el('span', {}, t('none'))
      : el('ol', { class: 'tree' }, ...value.map((item) => el('li', {}, tree(item))));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).flatMap(([key, item]) => [el('dt', {}, key), el('dd', {}, tree(item))]);
    return el('dl', { class: 'tree' }, ...entries);
  }
  return el('span', {}, String(value));
}

/**
 * @param {unknown} value
 * @returns {number[][]}
 */
function vectorsIn(value) {
  if (isVector(value)) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(vectorsIn) : [];
}

/**
 * @param {unknown} value
 * @returns {value is number[]}
 */
function isVector(value) {
  return Array.isArray(value) && value.length >= SHORTEST_VECTOR && value.every((item) => typeof item === 'number');
}
