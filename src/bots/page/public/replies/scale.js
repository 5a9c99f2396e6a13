import { el, svg } from '../dom.js';
import { numbers, t } from '../facts.js';
import { END, strangers } from '../strangers.js';

/**
 * Where a distance lies on the scale, in per cent of its width.
 * @param {number} distance
 */
const across = (distance) => (Math.min(distance, END) / END) * 100;

/**
 * Draws the scale of distances, from 0 (the same picture) to where strangers are. It has the zones
 * of the verdicts, the curve of the strangers, and a pin for each match. Screen readers leave it
 * out, because the words beside it say all of it.
 * @param {readonly import('../api.js').Measured[]} matches
 * @param {import('../api.js').Limits | undefined} limits
 */
export function drawScale(matches, limits) {
  const drawing = svg(
    'svg',
    { viewBox: '0 0 100 100', preserveAspectRatio: 'none' },
    ...(limits ? zones(limits) : []),
    svg('path', { class: 'strangers', d: hill() }),
  );
  const pins = matches.map(({ distance, verdict }) => at(distance, el('i', { class: `pin ${verdict}` })));
  const ticks = [
    at(0, el('span', { class: 'first' }, `0 ${t('samePicture')}`)),
    at(1, el('span', {}, numbers.format(1))),
    at(peak(), el('span', {}, t('strangers'))),
  ];
  return el('div', { class: 'scale', 'aria-hidden': 'true' }, drawing, ...pins, ...ticks);
}

/**
 * @template {HTMLElement} E
 * @param {number} distance
 * @param {E} element
 */
function at(distance, element) {
  element.style.left = `${across(distance)}%`;
  return element;
}

/** @param {import('../api.js').Limits} limits */
function zones({ match, possible }) {
  const zone = (/** @type {string} */ name, /** @type {number} */ from, /** @type {number} */ to) =>
    svg('rect', { class: name, x: across(from), y: 0, width: Math.max(0, across(to) - across(from)), height: 100 });
  return [zone('match', 0, match), zone('possible', match, possible), zone('unknown', possible, END)];
}

/** How many strangers are around each distance: the difference between two shares. */
const densities = (strangers ?? []).map(([distance, share], index, all) => {
  const [before, less] = all[index - 1] ?? [0, 0];
  return { middle: (before + distance) / 2, density: share - less };
});
const most = Math.max(...densities.map(({ density }) => density), Number.MIN_VALUE);

/** The distance at which most strangers are. */
function peak() {
  return densities.find(({ density }) => density === most)?.middle ?? END;
}

function hill() {
  const line = densities.map(({ middle, density }) => `L${across(middle)} ${100 - (density / most) * 90}`);
  return `M0 100${line.join('')}L100 100Z`;
}
