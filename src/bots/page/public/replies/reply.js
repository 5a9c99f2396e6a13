import { el } from '../dom.js';
import { t } from '../facts.js';
import { renderBlurred } from './blurred.js';
import { renderData } from './data.js';
import { renderPresence } from './presence.js';
import { renderProblem } from './problem.js';
import { renderConsent, renderQuestion } from './question.js';
import { renderReceipt } from './receipt.js';
import { renderResult } from './result.js';
import { paragraphs } from './text.js';

/**
 * What a card may set in motion.
 * @typedef {object} Context
 * @property {(action: string) => void} press Presses a button.
 * @property {(text: string) => void} say Says something new.
 * @property {() => void} again Says the same again, photos included.
 * @property {string} command What was said.
 * @property {readonly File[]} photos What was sent with it, as long as the tab has it.
 */

/**
 * The card for a reply: one file per kind.
 * @param {import('../api.js').Reply} reply
 * @param {Context} context
 * @returns {HTMLElement}
 */
export function renderReply(reply, context) {
  switch (reply.kind) {
    case 'consent':
      return renderConsent(reply, context);
    case 'confirm':
      return renderQuestion(reply, context);
    case 'result':
      return renderResult(reply, context);
    case 'presence':
      return renderPresence(reply, context);
    case 'blurred':
      return renderBlurred(reply, context);
    case 'receipt':
      return renderReceipt(reply);
    case 'error':
      return renderProblem(reply, context);
    case 'enrolled':
      return el('div', { class: 'card good' }, el('h4', {}, t('enrolled')), ...paragraphs(reply.text));
    default:
      return reply.data === undefined
        ? el('div', { class: 'card' }, ...paragraphs(reply.text))
        : renderData(reply.text, reply.data);
  }
}
