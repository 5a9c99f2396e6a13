import { propose } from '../composer.js';
import { el } from '../dom.js';
import { commandOf, facts, t } from '../facts.js';
import { buttons } from './question.js';
import { paragraphs } from './text.js';

/**
 * @typedef {import('./reply.js').Context} Context
 * @typedef {keyof typeof facts.next.afterProblem} Code
 */

/**
 * The most likely next step: the one that the reply names, or else the one for the error's code.
 * Undefined when that is a command that the page does not offer.
 * @param {import('../api.js').Problem} reply
 * @param {Context} context
 * @returns {{label: string, run: () => void} | undefined}
 */
function nextAfter({ code, next: named }, { again, say, command }) {
  const byCode = code in facts.next.afterProblem ? facts.next.afterProblem[/** @type {Code} */ (code)] : 'again';
  const next = named ?? byCode;
  if (next === 'again') return { label: t('tryAgain'), run: again };
  if (next === 'photo') return { label: t('otherPhoto'), run: () => propose(command) };
  const typed = `/${next}`;
  if (next === 'help') return { label: t('showHelp'), run: () => say(typed) };
  const known = commandOf(typed);
  return known && { label: known.button, run: () => propose(typed) };
}

/**
 * The codes of errors that the person cannot mend. After any other error, the person can do
 * something.
 */
const MISHAPS = ['busy', 'internal', 'unavailable'];

/**
 * Shows what failed or is missing, and what to do next.
 * @param {import('../api.js').Problem} reply
 * @param {Context} context
 */
export function renderProblem(reply, context) {
  const { text, code, actions = [] } = reply;
  const next = nextAfter(reply, context);
  return el(
    'div',
    { class: MISHAPS.includes(code) ? 'card problem' : 'card guidance' },
    MISHAPS.includes(code) && el('h4', {}, t('problem')),
    ...paragraphs(text),
    actions.length > 0 && buttons(actions, context),
    next && el('button', { type: 'button', class: 'next', onclick: next.run }, next.label),
  );
}
