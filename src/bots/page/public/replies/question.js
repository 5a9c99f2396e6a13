import { viewHeight } from '../conversation.js';
import { el } from '../dom.js';
import { t } from '../facts.js';
import { paragraphs } from './text.js';

/**
 * @typedef {import('./reply.js').Context} Context
 * @typedef {import('../api.js').Action} Action
 */

/**
 * Shows the notice, its version, and the choice. No photo has been looked at yet. Where the notice
 * is too long to see its lead and the choice at once, a link below the lead leads to the choice.
 * @param {import('../api.js').ConsentQuestion} reply
 * @param {Context} context
 */
export function renderConsent({ text, notice, actions }, context) {
  const [title = '', summary = '', ...parts] = text.split(/\n{2,}/);
  const whole = el('div', { class: 'notice' }, ...parts.map(section));
  const decline = actions.find(({ role }) => role === 'decline')?.label ?? '';
  const ifNot = el('p', {}, t('ifDeclined', { decline }));
  // The same notice may be shown twice with the same buttons, so their ids cannot name this choice.
  const id = `choice-${crypto.randomUUID()}`;
  // Somebody who followed the link no longer sees the title, so the question stands here again.
  const question = el('p', { id: `${id}-question` }, el('strong', {}, title));
  const row = buttons(actions, context, () => {
    // The whole notice stands above the buttons and does not scroll on its own, so everybody who
    // agrees has seen it. After the choice it is folded, to make room.
    const folded = el('details', {}, el('summary', {}, t('wholeNotice')));
    whole.replaceWith(folded);
    folded.append(whole);
    for (const part of [ifNot, link]) part.remove();
    choice.replaceWith(row);
  });
  const named = { role: 'group', 'aria-labelledby': question.id };
  const choice = el('div', { class: 'choice', id, tabindex: '-1', ...named }, question, row);
  const link = linkTo(choice);
  const card = el(
    'div',
    { class: 'card consent' },
    el('h4', {}, title),
    ...paragraphs(summary),
    link,
    ifNot,
    whole,
    choice,
    el('p', { class: 'fine', title: notice.hash }, t('noticeVersion', { n: notice.version })),
  );
  const look = () => {
    const height = choice.getBoundingClientRect().bottom - card.getBoundingClientRect().top;
    // A conversation that is not shown has no height.
    const fits = height > 0 && height <= viewHeight();
    for (const part of [link, question]) part.hidden = fits;
  };
  // It looks whenever the buttons come into view or leave it. Scrolling alone changes nothing, so
  // nothing moves under the eyes of a reader.
  new IntersectionObserver(look, { threshold: [0, 1] }).observe(row);
  return card;
}

/**
 * A link that moves the view and the focus to a choice, and presses no button.
 * @param {HTMLElement} choice
 */
function linkTo(choice) {
  const go = (/** @type {Event} */ event) => {
    event.preventDefault();
    choice.scrollIntoView({ block: 'nearest' });
    choice.focus({ preventScroll: true });
  };
  return el('p', {}, el('a', { class: 'to-choice', href: `#${choice.id}`, onclick: go }, t('goToChoice')));
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
