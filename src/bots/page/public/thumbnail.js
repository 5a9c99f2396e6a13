import { el } from './dom.js';
import { t } from './facts.js';

/**
 * A photo's small picture, or its name when the browser cannot show it.
 * @param {File} photo
 */
export function thumbnail(photo) {
  const picture = el('img', { src: URL.createObjectURL(photo), alt: t('photoNamed', { name: photo.name }) });
  picture.addEventListener('error', () => picture.replaceWith(el('span', { class: 'file' }, photo.name)));
  return picture;
}
