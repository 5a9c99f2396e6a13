import type { Declared } from './declared.ts';

/** /privacy: both notices, the contact, and the key that receipts are checked with. */
export const privacy = {
  name: 'privacy',
  kind: 'anywhere',
  isPersonal: false,
  async run({ notices, contact, policyUrl, publicKey }, { ask, words }) {
    const enrol = notices('enrol', ask.locale);
    const search = notices('search', ask.locale);
    const text = [
      words.privacy.title,
      enrol.text,
      search.text,
      contact === undefined ? words.privacy.noContact : words.privacy.contact({ contact }),
      ...(policyUrl === undefined ? [] : [words.privacy.policy({ policy: policyUrl })]),
      `${words.privacy.key}\n${JSON.stringify(publicKey)}`,
    ].join('\n\n');
    const hashes = { enrol: enrol.hash, search: search.hash };
    return [{ kind: 'info', text, data: { publicKey, notice: { version: enrol.version, hashes } } }];
  },
} satisfies Declared;
