import { propose } from './composer.js';
import { el } from './dom.js';
import { commandOf, t } from './facts.js';

const STEPS = /** @type {const} */ (['enroll', 'find', 'forget']);

/** What a newcomer sees first: what this is, and its three steps. */
export function welcome() {
  const steps = STEPS.map((name) =>
    el(
      'li',
      {},
      el(
        'button',
        { type: 'button', onclick: () => propose(`/${name}`) },
        el('strong', {}, commandOf(`/${name}`)?.button),
        el('span', {}, t(`step_${name}`)),
      ),
    ),
  );
  return el(
    'div',
    { class: 'welcome' },
    el('h3', {}, t('welcome')),
    el('p', {}, t('welcomeWhat')),
    el('ol', {}, ...steps),
    el('p', { class: 'hint' }, t('welcomeStart')),
  );
}
