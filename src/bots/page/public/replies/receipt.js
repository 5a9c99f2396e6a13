import { el } from '../dom.js';
import { download } from '../download.js';
import { dateTime, numbers, t } from '../facts.js';
import { paragraphs } from './text.js';

/**
 * Shows a signed receipt: its contents, a file to keep, and how anybody can check it.
 * @param {import('../api.js').Receipt} reply
 */
export function renderReceipt({ of, text, group, receipt }) {
  const claims = claimsOf(receipt);
  const name = group
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  const file = `facefinder-${of}-${name || 'group'}.jws`;
  const copied = el('span', { role: 'status' });
  const copy = async () => {
    await navigator.clipboard.writeText(receipt);
    copied.textContent = t('copied');
  };
  return el(
    'div',
    { class: 'card receipt' },
    el('h4', {}, `${t(of === 'consent' ? 'receiptOfConsent' : 'receipt')}: ${group}`),
    ...paragraphs(text),
    el('dl', {}, ...rows(shownOf(claims))),
    el(
      'div',
      { class: 'keep' },
      el(
        'button',
        { type: 'button', class: 'primary', onclick: () => download(file, receipt, 'application/jose') },
        t('keep'),
      ),
      el('button', { type: 'button', onclick: copy }, t('copy')),
      copied,
    ),
    el(
      'details',
      {},
      el('summary', {}, t('howToVerify')),
      el('p', {}, t('howToVerifyWhat')),
      el('dl', {}, ...rows(checkedOf(claims))),
      el('pre', {}, el('code', {}, `npx facefinder verify-receipt ${file}`)),
      el('pre', { class: 'jws', tabindex: '0' }, el('code', {}, receipt)),
    ),
  );
}

/** @typedef {[import('../facts.js').Key, string | number | undefined]} Fact */

/**
 * The facts that everybody sees.
 * @param {Record<string, any>} claims
 * @returns {Fact[]}
 */
function shownOf({ erasedAt, agreedAt, days, operator, removed = {}, checked = {} }) {
  return [
    ['erasedAt', erasedAt && dateTime(erasedAt)],
    ['agreedAt', agreedAt && dateTime(agreedAt)],
    ['keptFor', days && t('days', { n: numbers.format(days) })],
    ['agreedWith', operator],
    ['removedTemplates', removed.templates],
    ['removedFinds', removed.finds],
    ['rowsLeft', checked.left],
    ['bytes', checked.bytes && t(checked.bytes === 'clean' ? 'bytes_clean' : 'bytes_pending')],
  ];
}

/**
 * The facts for people who check the receipt.
 * @param {Record<string, any>} claims
 * @returns {Fact[]}
 */
function checkedOf({ agreedAt, notice, ledger, jti }) {
  return [
    ['noticeHash', agreedAt && notice?.hash],
    ['ledgerEntry', ledger?.seq],
    ['receiptId', jti],
  ];
}

/** @param {readonly Fact[]} facts */
function rows(facts) {
  return facts.flatMap(([key, value]) =>
    value === undefined ? [] : [el('dt', {}, t(key)), el('dd', {}, String(value))],
  );
}

/**
 * Reads the claims without checking the signature. A check in the browser would prove nothing,
 * because the program that signed the receipt also wrote this page.
 * @param {string} jws
 * @returns {Record<string, any>}
 */
function claimsOf(jws) {
  try {
    const payload = (jws.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (byte) => byte.charCodeAt(0))));
  } catch {
    return {};
  }
}
