import { propose } from '../composer.js';
import { el } from '../dom.js';
import { commandOf, facts, t } from '../facts.js';
import { keptOf } from '../kept.js';

/** @typedef {import('../api.js').Reply} Reply */

/**
 * Buttons for next steps; undefined for a question or an error, which have their own buttons.
 * @param {import('../api.js').Speaker} speaker
 * @param {readonly Reply[]} replies
 */
export function nextSteps(speaker, replies) {
  if (replies.some(({ kind }) => kind === 'consent' || kind === 'confirm' || kind === 'error')) return undefined;
  // A receipt of consent is not the main answer: it only comes with another one.
  const main = replies.find((reply) => reply.kind !== 'receipt' || reply.of === 'erasure');
  if (!main || !(main.kind in facts.next.after)) return undefined;
  const group = isEnrolled(speaker) ? 'enrolled' : 'others';
  const steps = facts.next.after[/** @type {keyof typeof facts.next.after} */ (main.kind)]
    .map((step) => ({ ...step, typed: `/${step.command}` }))
    .filter(({ typed, to = group }) => to === group && commandOf(typed));
  return el(
    'div',
    { class: 'next-steps', role: 'group', 'aria-label': t('nextSteps') },
    ...steps.map(({ typed, words }) => el('button', { type: 'button', onclick: () => propose(typed) }, t(words))),
  );
}

/**
 * Whether this person is enrolled in the group. It goes by the last kept answer that shows this.
 * @param {import('../api.js').Speaker} speaker
 */
function isEnrolled(speaker) {
  const replies = keptOf(speaker).flatMap((one) => ('reply' in one ? [one.reply] : []));
  const last = replies.findLast(
    (reply) =>
      reply.kind === 'enrolled' ||
      (reply.kind === 'presence' && !reply.bySelfie) ||
      (reply.kind === 'receipt' && reply.of === 'erasure') ||
      (reply.kind === 'error' && reply.code === 'not_enrolled'),
  );
  return last?.kind === 'enrolled' || last?.kind === 'presence';
}
