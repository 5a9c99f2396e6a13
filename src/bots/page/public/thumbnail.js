import { el } from './dom.js';
import { numbers, t } from './facts.js';

/**
 * A photo's small picture, or its name when the browser cannot show it.
 * @param {File} photo
 */
export function thumbnail(photo) {
  const src = URL.createObjectURL(photo);
  const picture = el('img', { loading: 'lazy', src, alt: t('photoNamed', { name: photo.name }) });
  picture.addEventListener('load', () => URL.revokeObjectURL(src), { once: true });
  picture.addEventListener('error', () => {
    URL.revokeObjectURL(src);
    picture.replaceWith(el('span', { class: 'file' }, photo.name));
  });
  return picture;
}

/** The most photos that get a small picture. A browser loads the whole file for each of them. */
const FIRST_SHOWN = 30;

/**
 * The small pictures of the first photos, and how many more there are.
 * @param {readonly File[]} photos
 * @param {(photo: File) => HTMLElement} [show]
 */
export function thumbnails(photos, show = thumbnail) {
  const more = photos.length - FIRST_SHOWN;
  const first = photos.slice(0, FIRST_SHOWN).map(show);
  return more > 0 ? [...first, el('span', { class: 'more' }, t('morePhotos', { n: numbers.format(more) }))] : first;
}
