import { noticeText } from '../../src/chat/notice.ts';
import { MAX_TEMPLATES } from '../../src/gallery/gallery.ts';
import { type Catalogue, readCatalogue } from '../../src/text/words.ts';

const CONTACT = 'mail@operator.example';
const POLICY = 'https://operator.example/policy';
const OF_AGE = 18;

/**
 * What a notice states that is not so, or does not state: days of storage, age, templates, the
 * operator's contact and policy.
 */
export function noticeViolations(language: string, catalogue: Catalogue): string[] {
  const { words } = readCatalogue(language, catalogue);
  const violations = cases().flatMap(({ purpose, ...facts }) => {
    const text = noticeText(words, purpose, facts);
    const { retentionDays, contact, policyUrl } = facts;
    const meant = [retentionDays, OF_AGE, ...(purpose === 'enrol' ? [MAX_TEMPLATES] : [])];
    const figures = text.match(/\d+/g) ?? [];
    return [
      ...(sorted(figures) === sorted(meant) ? [] : [`states the figures ${sorted(figures)}, not ${sorted(meant)}`]),
      ...(count(text, CONTACT) === count(contact ?? '', CONTACT) ? [] : ['does not state the contact once']),
      ...(count(text, POLICY) === count(policyUrl ?? '', POLICY) ? [] : ['does not state the policy once']),
    ].map((what) => `the notice of ${purpose} ${what}`);
  });
  return [...new Set(violations)];
}

function cases() {
  return (['enrol', 'search'] as const).flatMap((purpose) =>
    [417, 30].flatMap((retentionDays) =>
      [undefined, CONTACT].flatMap((contact) =>
        [undefined, POLICY].map((policyUrl) => ({ purpose, retentionDays, contact, policyUrl })),
      ),
    ),
  );
}

function sorted(figures: readonly (number | string)[]): string {
  return figures
    .map(Number)
    .toSorted((a, b) => a - b)
    .join(', ');
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
