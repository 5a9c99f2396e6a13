import { el } from '../dom.js';
import { t } from '../facts.js';
import { paragraphs } from './text.js';

/**
 * @typedef {import('./reply.js').Context} Context
 * @typedef {import('../api.js').Action} Action
 */

/**
 * The notice, which one it is, and the choice. Nothing was looked at so far.
 * @param {import('../api.js').ConsentQuestion} reply
 * @param {Context} context
 */
export function renderConsent({ text, notice, actions }, context) {
  const [title = '', ...rest] = text.split(/\n{2,}/);
  return el(
    'div',
    { class: 'card consent' },
    el('h4', {}, title),
    el('div', { class: 'notice', tabindex: '0', role: 'group', 'aria-label': title }, ...paragraphs(rest.join('\n\n'))),
    buttons(actions, context),
    el(
      'p',
      { class: 'fine' },
      t('noticeVersion', { n: notice.version }),
      ' · SHA-256 ',
      el('code', { title: notice.hash }, `${notice.hash.slice(0, 8)}…${notice.hash.slice(-8)}`),
    ),
  );
}

/**
 * @param {import('../api.js').Confirm} reply
 * @param {Context} context
 */
export function renderQuestion({ text, actions }, context) {
  return el('div', { class: 'card confirm' }, ...paragraphs(text), buttons(actions, context));
}

/**
 * A card's buttons: one press answers the question, and the card then says what was chosen.
 * @param {readonly Action[]} actions
 * @param {Context} context
 */
export function buttons(actions, { press }) {
  const row = el('div', { class: 'actions' });
  row.append(
    ...actions.map(({ id, label, role }) =>
      el(
        'button',
        {
          type: 'button',
          class: role,
          onclick: () => {
            row.className = 'chosen';
            row.replaceChildren(el('p', {}, t('youChose', { choice: label })));
            press(id);
          },
        },
        label,
      ),
    ),
  );
  return row;
}
