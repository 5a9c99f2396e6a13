import { describe, expect, test } from 'vitest';
import { noticeText, underHeadings } from '../../src/chat/rights/notice.ts';
import { policyParts } from '../../src/chat/rights/policy.ts';
import { PURPOSES, type Purpose } from '../../src/consent/consent.ts';
import { LOCALES, wordsFor } from '../../src/text/words.ts';
import { checklist } from './checklist.ts';
import { missing } from './notice.ts';

const carrier = { name: 'Carrier Inc.', country: 'Atlantis' };
const facts = {
  retentionDays: 365,
  contact: 'The board, mail@operator.example',
  policyUrl: undefined,
  findPhotos: 'any',
  enrolProof: 'gesture',
} as const;
const notices = checklist.duties.filter(({ where }) => where === 'notice');

describe.each(LOCALES)('in %s', (language) => {
  const words = wordsFor(language);
  const policy = underHeadings(policyParts(words, { ...facts, carriers: [carrier] }));
  const ofPurpose = (purpose: Purpose) => noticeText(words, purpose, { ...facts, carrier, group: 'G' });

  test.each(checklist.duties)('a test knows by which words $id is told', ({ says }) => {
    expect(says[language]).toBeDefined();
  });

  test.each(PURPOSES)('the notice of %s tells all that people must be told before', (purpose) => {
    expect(notices.flatMap((duty) => missing(duty, language, ofPurpose(purpose)))).toEqual([]);
  });

  test.each(checklist.duties.filter(({ where }) => where === 'policy'))('the policy tells $id', (duty) => {
    expect(missing(duty, language, policy)).toEqual([]);
  });
});

test('a notice that lacks a sentence is found', () => {
  const [controller] = notices;
  if (!controller) throw new Error('the checklist is empty');
  expect(missing(controller, 'en', 'Who runs me: nobody')).toEqual([expect.stringContaining('GDPR 13(1)(a)')]);
});
