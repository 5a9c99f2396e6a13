import { noticeText } from '../../src/chat/notice.ts';
import { type Catalogue, readCatalogue } from '../../src/text/words.ts';

const CONTACT = 'mail@operator.example';
const POLICY = 'https://operator.example/policy';

/** What a notice states that is not so, or does not state: days of storage, the operator's contact and policy. */
export function noticeViolations(language: string, theirs: Catalogue, english: Catalogue): string[] {
  const { words } = readCatalogue(language, theirs);
  const { words: reference } = readCatalogue('en', english);
  const violations = (['enrol', 'search'] as const).flatMap((purpose) =>
    [417, 30, 1].flatMap((retentionDays) =>
      [undefined, CONTACT].flatMap((contact) =>
        [undefined, POLICY].flatMap((policyUrl) => {
          const facts = { retentionDays, contact, policyUrl };
          const text = noticeText(words, purpose, facts);
          const meant = noticeText(reference, purpose, facts);
          return [
            ...(figuresOf(text) === figuresOf(meant) ? [] : [`states ${figuresOf(text)}, not ${figuresOf(meant)}`]),
            ...([CONTACT, POLICY].every((fact) => count(text, fact) === count(meant, fact))
              ? []
              : ['states another contact or policy than the operator’s']),
          ].map((what) => `the notice for ${purpose}, with ${retentionDays} days, ${what}`);
        }),
      ),
    ),
  );
  return [...new Set(violations)];
}

/** All figures of a text, sorted, each as often as it is there. */
function figuresOf(text: string): string {
  return (text.match(/\d+/g) ?? []).toSorted().join(', ');
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
