import type { Purpose } from '../../consent/consent.ts';
import { DAY_MS, NOTICE_GRACE_MS } from '../../consent/sweep.ts';
import type { Words } from '../../text/words.ts';
import {
  type Carrier,
  type NoticeFacts,
  type NoticePart,
  operatorText,
  purposeParts,
  sharedParts,
  storedText,
} from './notice.ts';

/** The facts of an installation that its privacy policy states. */
export interface PolicyFacts extends Pick<NoticeFacts, 'retentionDays' | 'contact' | 'policyUrl'> {
  /**
   * All carriers of messages, one for each configured platform that has one. Their countries are
   * names in the reader's language.
   */
  readonly carriers: readonly Carrier[];
  /** Whether photos in messages of others may be searched. */
  readonly findPhotos: 'own' | 'any';
}

/**
 * The privacy policy of an installation. It has the contents of its notices, for every purpose and
 * no particular group, and what the law requires besides.
 */
export function policyParts(words: Words, facts: PolicyFacts): readonly NoticePart[] {
  const { notice, privacy, place } = words;
  const group = place.yours;
  const { carriers, policyUrl } = facts;
  const stored = (carriers.length > 0 ? carriers : [undefined]).map((carrier) => storedText(words, carrier));
  const ofPurpose = (purpose: Purpose) => {
    const [seen, ...own] = purposeParts(words, purpose, { group });
    return [...own, seen].map(({ text }) => text).join('\n');
  };
  const ofOthers = facts.findPhotos === 'any' ? [privacy.othersPhotos] : [];
  const own = policyUrl === undefined ? [] : [privacy.policy({ policy: policyUrl })];
  return [
    { heading: notice.headings.operator, text: [operatorText(words, facts.contact), ...own].join(' ') },
    { heading: privacy.find, text: ofPurpose('search') },
    { heading: privacy.enroll, text: ofPurpose('enrol') },
    { heading: privacy.me, text: ofPurpose('self') },
    { heading: privacy.blur, text: ofPurpose('blur') },
    { heading: privacy.others, text: [privacy.othersWhat, ...ofOthers].join('\n') },
    { heading: notice.headings.seen, text: stored.join('\n') },
    ...sharedParts(words, { group, retentionDays: facts.retentionDays }),
    { heading: privacy.basis, text: privacy.basisWhat({ graceDays: NOTICE_GRACE_MS / DAY_MS }) },
  ];
}
