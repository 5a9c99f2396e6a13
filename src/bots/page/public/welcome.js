import { propose } from './composer.js';
import { el } from './dom.js';
import { commandOf, t } from './facts.js';

const STEPS = /** @type {const} */ (['enroll', 'find', 'forget']);

/**
 * The first view for somebody new: what this is, a trial with one press, and the three steps.
 * @param {() => void} trySamples
 */
export function welcome(trySamples) {
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
    el('button', { type: 'button', class: 'primary try', onclick: trySamples }, t('trySamples')),
    el('ol', {}, ...steps),
    el('p', { class: 'hint' }, t('welcomeStart')),
    el('p', { class: 'hint' }, t('anybody')),
  );
}
