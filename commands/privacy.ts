import type { Command } from '../src/chat/command.ts';
import type { Tools } from './tools.ts';

/** /privacy: both notices, the contact, and the key that receipts are checked with. */
export function privacy({ notices, contact, policyUrl, publicKey }: Tools): Command {
  return {
    name: 'privacy',
    kind: 'anywhere',
    async run({ ask, words }) {
      const enrol = notices('enrol', ask.locale);
      const search = notices('search', ask.locale);
      const text = [
        words.privacy.title,
        enrol.text,
        search.text,
        contact === undefined ? words.privacy.noContact : words.privacy.contact(contact),
        ...(policyUrl === undefined ? [] : [words.privacy.policy(policyUrl)]),
        `${words.privacy.key}\n${JSON.stringify(publicKey)}`,
      ].join('\n\n');
      const hashes = { enrol: enrol.hash, search: search.hash };
      return [{ kind: 'info', text, data: { publicKey, notice: { version: enrol.version, hashes } } }];
    },
  };
}
