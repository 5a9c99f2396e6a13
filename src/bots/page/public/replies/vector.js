import { el } from '../dom.js';
import { numbers, t } from '../facts.js';

const BAR_HEIGHT = 36;

/**
 * A template as a row of stripes, one for each number. Positive numbers are light, and negative
 * ones dark.
 * @param {readonly number[]} vector
 */
export function barcode(vector) {
  const kilobytes = numbers.format((vector.length * 4) / 1024);
  const caption = t('vector', { n: numbers.format(vector.length), size: kilobytes });
  const canvas = el('canvas', { width: vector.length, height: BAR_HEIGHT, role: 'img', 'aria-label': caption });
  const context = canvas.getContext('2d');
  const most = Math.max(...vector.map(Math.abs));
  for (const [x, value] of vector.entries()) {
    if (!context) break;
    context.fillStyle = `hsl(${value < 0 ? 226 : 152} 62% ${50 + (value / most) * 36}%)`;
    context.fillRect(x, 0, 1, BAR_HEIGHT);
  }
  return el('figure', { class: 'vector' }, canvas, el('figcaption', {}, caption));
}
