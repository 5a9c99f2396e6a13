import { el } from '../dom.js';
import { t } from '../facts.js';
import { paragraphs } from './text.js';

/**
 * @typedef {import('./reply.js').Context} Context
 * @typedef {import('../api.js').Action} Action
 */

/**
 * Shows the notice, its version, and the choice. No photo has been looked at yet.
 * @param {import('../api.js').ConsentQuestion} reply
 * @param {Context} context
 */
export function renderConsent({ text, notice, actions }, context) {
  const [title = '', summary = '', ...parts] = text.split(/\n{2,}/);
  const whole = el('div', { class: 'notice' }, ...parts.map(section));
  // The whole notice stands above the buttons and does not scroll on its own, so everybody who
  // agrees has seen it. After the choice it is folded, to make room.
  const makeRoom = () => {
    const folded = el('details', {}, el('summary', {}, t('wholeNotice')));
    whole.replaceWith(folded);
    folded.append(whole);
  };
  return el(
    'div',
    { class: 'card consent' },
    el('h4', {}, title),
    ...paragraphs(summary),
    whole,
    buttons(actions, context, makeRoom),
    el('p', { class: 'fine', title: notice.hash }, t('noticeVersion', { n: notice.version })),
  );
}

/**
 * A part of a notice: its first line is the heading.
 * @param {string} part
 */
function section(part) {
  const [heading = '', ...text] = part.split('\n');
  return el('section', {}, el('h5', {}, heading), ...paragraphs(text.join('\n')));
}

/**
 * @param {import('../api.js').Confirm} reply
 * @param {Context} context
 */
export function renderQuestion({ text, actions }, context) {
  return el('div', { class: 'card confirm' }, ...paragraphs(text), buttons(actions, context));
}

/**
 * A card's buttons. One press answers the question, and the card then shows the choice.
 * @param {readonly Action[]} actions
 * @param {Context} context
 * @param {() => void} [onChosen]
 */
export function buttons(actions, { press }, onChosen = () => {}) {
  // Only a question about something that cannot be undone has a cancel button.
  const isGrave = actions.some(({ role }) => role === 'cancel');
  const row = el('div', { class: 'actions' });
  row.append(
    ...actions.map(({ id, label, role }) =>
      el(
        'button',
        {
          type: 'button',
          class: role === 'confirm' && isGrave ? 'grave' : role,
          onclick: () => {
            row.className = 'chosen';
            row.replaceChildren(el('p', {}, t('youChose', { choice: label })));
            onChosen();
            press(id);
          },
        },
        label,
      ),
    ),
  );
  return row;
}
