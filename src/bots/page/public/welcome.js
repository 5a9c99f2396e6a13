import { el } from './dom.js';
import { facts, t } from './facts.js';

/** What a newcomer sees first: what this is, and its three steps. */
export function welcome() {
  const steps = ['enrol', 'find', 'forget'].map((step) =>
    el('li', {}, el('strong', {}, t(`step_${step}`)), el('span', {}, t(`step_${step}_what`))),
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
