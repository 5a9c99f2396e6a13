import { propose } from '../composer.js';
import { el } from '../dom.js';
import { t } from '../facts.js';

/** @typedef {import('../api.js').Reply} Reply */

/**
 * Next steps by the kind of answer: the command, and its words.
 * @satisfies {Partial<Record<Reply['kind'], readonly (readonly [command: string, words:
 * import('../facts.js').Key])[]>>}
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
 * Buttons for next steps; none when the answer itself asks or offers something.
 * @param {readonly Reply[]} replies
 */
export function nextSteps(replies) {
  if (replies.some(({ kind }) => kind === 'consent' || kind === 'confirm' || kind === 'error')) return undefined;
  // A receipt of consent comes beside the answer that agreeing led to.
  const main = replies.find((reply) => reply.kind !== 'receipt' || reply.of === 'erasure');
  if (!main || !(main.kind in STEPS)) return undefined;
  const steps = STEPS[/** @type {keyof typeof STEPS} */ (main.kind)];
  return el(
    'div',
    { class: 'next-steps', role: 'group', 'aria-label': t('nextSteps') },
    ...steps.map(([command, words]) => el('button', { type: 'button', onclick: () => propose(command) }, t(words))),
  );
}
