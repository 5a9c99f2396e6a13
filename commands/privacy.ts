import { underHeadings } from '../src/chat/rights/notice.ts';
import { policyParts } from '../src/chat/rights/policy.ts';
import type { Declared } from './declared.ts';

/**
 * /privacy: shows the whole policy, the key that verifies receipts, and the signed head of the
 * group's ledger.
 */
export const privacy = {
  name: 'privacy',
  kind: 'anywhere',
  isPersonal: false,
  async run({ gallery, ledgerHead, policy, publicKey }, { ask, words }) {
    const scope = ask.place && (await gallery.scopeOf(ask.place));
    const head = scope && (await ledgerHead(scope));
    const text = [
      words.privacy.title,
      underHeadings(policyParts(words, policy(ask.locale))),
      words.privacy.key,
      ...(head ? [words.privacy.ledger] : []),
    ].join('\n\n');
    return [{ kind: 'info', text, data: { publicKey, ...(head && { ledgerHead: head }) } }];
  },
} satisfies Declared;
