import { propose } from '../composer.js';
import { el } from '../dom.js';
import { t } from '../facts.js';

/** @typedef {import('../api.js').Reply} Reply */

/**
 * What a person may want next, by the kind of the answer: which command, in which words.
 * @satisfies {Partial<Record<Reply['kind'], readonly (readonly [command: string, words: import('../facts.js').Key])[]>>}
 */
const STEPS = {
  enrolled: [
    ['/find', 'nextFind'],
    ['/enroll', 'nextSelfie'],
  ],
  result: [
    ['/find', 'nextPhoto'],
    ['/enroll', 'nextEnrol'],
  ],
  presence: [['/me', 'nextMe']],
  blurred: [['/blur', 'nextBlur']],
  info: [
    ['/find', 'nextFind'],
    ['/enroll', 'nextEnrol'],
  ],
  receipt: [['/enroll', 'nextEnrol']],
};

/**
 * Buttons for what may come next; none where the answer itself asks or offers something.
 * @param {readonly Reply[]} replies
 */
export function nextSteps(replies) {
  if (replies.some(({ kind }) => kind === 'consent' || kind === 'confirm' || kind === 'error')) return undefined;
  // A receipt of consent stands beside the answer that agreeing led to.
  const main = replies.find((reply) => reply.kind !== 'receipt' || reply.of === 'erasure');
  if (!main || !(main.kind in STEPS)) return undefined;
  const steps = STEPS[/** @type {keyof typeof STEPS} */ (main.kind)];
  return el(
    'div',
    { class: 'next-steps', role: 'group', 'aria-label': t('nextSteps') },
    ...steps.map(([command, words]) => el('button', { type: 'button', onclick: () => propose(command) }, t(words))),
  );
}
