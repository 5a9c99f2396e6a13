import { underHeadings } from '../src/chat/notice.ts';
import { policyParts } from '../src/chat/policy.ts';
import type { Declared } from './declared.ts';

/** /privacy: the whole policy, and the key that receipts are checked with. */
export const privacy = {
  name: 'privacy',
  kind: 'anywhere',
  isPersonal: false,
  async run({ policy, publicKey }, { ask, words }) {
    const text = [
      words.privacy.title,
      underHeadings(policyParts(words, policy(ask.locale))),
      `${words.privacy.key}\n${JSON.stringify(publicKey)}`,
    ].join('\n\n');
    return [{ kind: 'info', text, data: { publicKey } }];
  },
} satisfies Declared;
