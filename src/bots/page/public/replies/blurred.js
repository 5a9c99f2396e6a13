import { el } from '../dom.js';
import { t } from '../facts.js';
import { buttons } from './question.js';
import { tappable } from './tapped.js';
import { paragraphs } from './text.js';

/**
 * Shows the blurred copy, which people may look at, blur further by a tap, and then save.
 * @param {import('../api.js').Blurred} reply
 * @param {import('./reply.js').Context} context
 */
export function renderBlurred({ text, picture, alt, actions }, context) {
  return el(
    'div',
    { class: 'card result' },
    el('h4', {}, t('blurred')),
    ...paragraphs(text),
    ...(picture === undefined ? [] : copyOf(picture, alt ?? text)),
    actions && actions.length > 0 && buttons(actions, context),
  );
}

/**
 * The picture, a link that saves it, and a button. After a press of the button, each tap on the
 * picture blurs one more face.
 * @param {string} picture
 * @param {string} alt
 */
function copyOf(picture, alt) {
  const image = el('img', { src: picture, alt });
  const shown = el('div', { class: 'picture' }, el('a', { href: picture, target: '_blank', rel: 'noreferrer' }, image));
  const save = el('a', { class: 'save', href: picture, download: 'blurred.jpg' }, t('saveCopy'));
  const tap = async () => {
    await image.decode();
    const changed = tappable(image, (copy) => {
      if (save.href.startsWith('blob:')) URL.revokeObjectURL(save.href);
      save.href = URL.createObjectURL(copy);
    });
    shown.replaceChildren(changed);
    begin.replaceWith(el('p', { class: 'fine' }, t('tapHint')));
    changed.scrollIntoView({ block: 'center' });
  };
  const begin = el('button', { type: 'button', class: 'save', onclick: tap }, t('tapMore'));
  return [shown, save, begin];
}
