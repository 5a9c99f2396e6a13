import { propose } from '../composer.js';
import { el } from '../dom.js';
import { commandOf, facts, t } from '../facts.js';
import { buttons } from './question.js';
import { paragraphs } from './text.js';

/**
 * @typedef {import('./reply.js').Context} Context
 * @typedef {import('../api.js').Problem} Problem
 * @typedef {keyof typeof facts.next.afterProblem} Code
 */

/**
 * The next step that the reply names, or else the one for the error's code.
 * @param {Problem} reply
 */
export function stepAfter({ code, next }) {
  const byCode = code in facts.next.afterProblem ? facts.next.afterProblem[/** @type {Code} */ (code)] : 'again';
  return next ?? byCode;
}

/**
 * The button for the most likely next step. Undefined when that is a command that the page does not
 * offer.
 * @param {Problem} reply
 * @param {Context} context
 * @returns {{label: string, run: () => void} | undefined}
 */
function nextAfter(reply, { again, say, command }) {
  const next = stepAfter(reply);
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
 * @param {Problem} reply
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

/**
 * Adds a button that tries again to the card of a problem, if the card has none.
 * @param {HTMLElement} card
 * @param {import('../api.js').Reply} reply
 * @param {() => void} again
 */
export function withAgain(card, reply, again) {
  if (reply.kind === 'error' && stepAfter(reply) !== 'again') {
    card.append(el('button', { type: 'button', class: 'next', onclick: again }, t('tryAgain')));
  }
  return card;
}
