import { el } from '../dom.js';
import { t } from '../facts.js';
import { renderBlurred } from './blurred.js';
import { renderData } from './data.js';
import { renderPresence } from './mine.js';
import { renderProblem } from './problem.js';
import { renderConsent, renderQuestion } from './question.js';
import { renderReceipt } from './receipt.js';
import { renderResult } from './result.js';
import { paragraphs } from './text.js';

/**
 * The actions that a card's buttons can start, and the message that the card answers.
 * @typedef {object} Context
 * @property {(action: string) => void} press Presses a button.
 * @property {(text: string) => void} say Sends a new message.
 * @property {() => void} again Sends the message again, photos included.
 * @property {string} command The text of the message that the card answers.
 * @property {readonly File[]} photos The photos of that message, while the tab has them.
 */

/**
 * The card for a reply. Most kinds have a file of their own.
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
