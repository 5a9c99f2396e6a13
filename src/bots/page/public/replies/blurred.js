import { el } from '../dom.js';
import { t } from '../facts.js';
import { buttons } from './question.js';
import { paragraphs } from './text.js';

/**
 * Shows the blurred copy, which people may look at and then save.
 * @param {import('../api.js').Blurred} reply
 * @param {import('./reply.js').Context} context
 */
export function renderBlurred({ text, picture, alt, actions }, context) {
  return el(
    'div',
    { class: 'card result' },
    el('h4', {}, t('blurred')),
    ...paragraphs(text),
    picture !== undefined &&
      el(
        'div',
        { class: 'picture' },
        el('a', { href: picture, target: '_blank', rel: 'noreferrer' }, el('img', { src: picture, alt: alt ?? text })),
      ),
    picture !== undefined && el('a', { class: 'save', href: picture, download: 'blurred.jpg' }, t('saveCopy')),
    actions && actions.length > 0 && buttons(actions, context),
  );
}
