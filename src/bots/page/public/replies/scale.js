import { svg } from '../dom.js';
import { numbers, t } from '../facts.js';
import { END, strangers } from '../strangers.js';

const WIDTH = 360;
const BASE = 46;
const TOP = 12;
const MARGIN = 10;

/** @param {number} distance */
const x = (distance) => MARGIN + (Math.min(distance, END) / END) * (WIDTH - 2 * MARGIN);

/**
 * Distances from 0, the same picture, to where strangers are: the zones of the verdicts, the hump of the strangers, and a pin for
 * each match. Everything in it is also said in words beside it, so that it is hidden from screen readers.
 * @param {readonly import('../api.js').Match[]} matches
 * @param {import('../api.js').Limits | undefined} limits
 */
export function drawScale(matches, limits) {
  return svg(
    'svg',
    { class: 'scale', viewBox: `0 0 ${WIDTH} 66`, 'aria-hidden': 'true' },
    ...(limits ? zones(limits) : []),
    svg('path', { class: 'strangers', d: hump() }),
    svg('line', { class: 'axis', x1: x(0), x2: x(END), y1: BASE, y2: BASE }),
    ...[0, 0.5, 1, 1.5].map((tick) => label(x(tick), numbers.format(tick), 'middle', 'tick')),
    ...matches.map(pin),
  );
}

/** @param {import('../api.js').Limits} limits */
function zones({ match, possible }) {
  const zone = (/** @type {string} */ name, /** @type {number} */ from, /** @type {number} */ to) =>
    svg('rect', { class: name, x: x(from), y: TOP, width: Math.max(0, x(to) - x(from)), height: BASE - TOP });
  return [zone('match', 0, match), zone('possible', match, possible), zone('unknown', possible, END)];
}

/** How many strangers lie around each distance: the difference of the shares, its highest point at the top. */
function hump() {
  const steps = (strangers ?? []).map(([distance, share], index, all) => {
    const [before, less] = all[index - 1] ?? [0, 0];
    return { middle: (before + distance) / 2, density: share - less };
  });
  const most = Math.max(...steps.map(({ density }) => density), Number.MIN_VALUE);
  const line = steps.map(
    ({ middle, density }) => `L${x(middle).toFixed(1)} ${(BASE - (density / most) * (BASE - TOP - 4)).toFixed(1)}`,
  );
  return `M${x(0)} ${BASE}${line.join('')}L${x(END)} ${BASE}Z`;
}

/** @param {import('../api.js').Match} match */
function pin({ distance, verdict }) {
  const at = x(distance);
  return svg(
    'g',
    { class: `pin ${verdict}` },
    svg('line', { x1: at, x2: at, y1: TOP - 2, y2: BASE }),
    svg('circle', { cx: at, cy: TOP - 4, r: 5 }),
  );
}

/**
 * @param {number} at
 * @param {string} text
 * @param {string} anchor
 * @param {string} name
 */
function label(at, text, anchor, name) {
  return svg('text', { class: name, x: at, y: BASE + 14, 'text-anchor': anchor }, text);
}

/** The legend under the first scale of a result. */
export function legend() {
  return svg(
    'svg',
    { class: 'legend', viewBox: `0 0 ${WIDTH} 14`, 'aria-hidden': 'true' },
    svg('text', { x: x(0), y: 10 }, t('samePicture')),
    svg('text', { x: x(END), y: 10, 'text-anchor': 'end' }, t('strangers')),
  );
}
