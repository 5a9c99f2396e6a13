import { propose } from './composer.js';
import { el } from './dom.js';
import { facts, t } from './facts.js';

const STEPS = { enrol: '/enroll', find: '/find', forget: '/forget' };

/** What a newcomer sees first: what this is, and its three steps. */
export function welcome() {
  const steps = Object.entries(STEPS).map(([step, command]) =>
    el(
      'li',
      {},
      el(
        'button',
        { type: 'button', onclick: () => propose(command) },
        el('strong', {}, t(`step_${step}`)),
        el('span', {}, t(`step_${step}_what`)),
      ),
    ),
  );
  return el(
    'div',
    { class: 'welcome' },
    el('h3', {}, t('welcome')),
    el('p', {}, t('welcomeWhat')),
    el('ol', {}, ...steps),
    el('p', { class: 'hint' }, facts.samples.length > 0 ? t('welcomeSamples') : t('welcomeStart')),
  );
}
