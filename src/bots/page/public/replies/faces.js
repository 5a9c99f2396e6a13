import { el } from '../dom.js';
import { t } from '../facts.js';

/**
 * @typedef {import('../api.js').Result} Result
 * @typedef {import('../api.js').Face} Face
 */

/**
 * The width of a crop in pixels. It is twice the width at which it is shown, so that it stays sharp
 * on fine screens.
 */
const CROP_PX = 88;

/**
 * The photo with a button over each face, and for each face a second button, with its crop and
 * number. A press of one of a face's two buttons shows the other one.
 * @param {Result} result
 */
export function linkedFaces({ picture, alt, size, faces }) {
  const image = picture && el('img', { src: picture, alt: alt ?? t('picture') });
  /** @type {Map<number, HTMLElement>} */
  const links = new Map();
  /** @type {HTMLElement[]} */
  const spots = [];
  for (const face of faces) {
    const link = image && size ? cropOf(face, image, size) : el('span', { class: 'crop' }, numberOf(face));
    links.set(face.number, link);
    if (!size) continue;
    const spot = spotOf(face, size);
    spots.push(spot);
    link.addEventListener('click', () => join(spot, link, spot));
    spot.addEventListener('click', () => join(spot, link, link));
  }
  const photo =
    image &&
    el('div', { class: 'picture' }, el('a', { href: image.src, target: '_blank', rel: 'noreferrer' }, image), ...spots);
  return { photo, links };
}

/**
 * Highlights both buttons of a face, and scrolls to the one that was not pressed.
 * @param {HTMLElement} spot
 * @param {HTMLElement} link
 * @param {HTMLElement} other
 */
function join(spot, link, other) {
  for (const linked of spot.closest('.card')?.querySelectorAll('.linked') ?? []) linked.classList.remove('linked');
  spot.classList.add('linked');
  link.closest('li')?.classList.add('linked');
  const shown = other === link ? (link.closest('li') ?? link) : other;
  shown.scrollIntoView({ block: 'nearest' });
  other.focus({ preventScroll: true });
}

/**
 * @param {Face} face
 * @param {readonly [width: number, height: number]} size
 */
function spotOf({ number, box: [x, y, width, height], verdict }, [across, down]) {
  const spot = el('button', { type: 'button', class: `spot ${verdict}`, 'aria-label': `${t('face')}${number}` });
  Object.assign(spot.style, {
    left: `${(x / across) * 100}%`,
    top: `${(y / down) * 100}%`,
    width: `${(width / across) * 100}%`,
    height: `${(height / down) * 100}%`,
  });
  return spot;
}

/**
 * The square around a face, cut from the displayed picture, and the face's number.
 * @param {Face} face
 * @param {HTMLImageElement} image
 * @param {readonly [width: number, height: number]} size
 */
function cropOf(face, image, [across]) {
  const [x, y, width, height] = face.box;
  const crop = el('canvas', { width: CROP_PX, height: CROP_PX, 'aria-hidden': 'true' });
  image.addEventListener('load', () => {
    const scale = image.naturalWidth / across;
    const side = Math.max(width, height) * scale;
    const [left, top] = [(x + width / 2) * scale - side / 2, (y + height / 2) * scale - side / 2];
    crop.getContext('2d')?.drawImage(image, left, top, side, side, 0, 0, CROP_PX, CROP_PX);
  });
  return el('button', { type: 'button', class: 'crop', title: t('showInPhoto') }, crop, numberOf(face));
}

/** @param {Face} face */
function numberOf({ number }) {
  return el('span', { class: 'number' }, el('span', { class: 'sr' }, t('face')), String(number));
}
