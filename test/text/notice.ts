import { noticeSummary, noticeText, type Stated } from '../../src/chat/rights/notice.ts';
import { PURPOSES, type Purpose } from '../../src/consent/consent.ts';
import { MAX_NAME } from '../../src/consent/name.ts';
import { MAX_TEMPLATES } from '../../src/gallery/gallery.ts';
import { type Catalogue, readCatalogue, type Words } from '../../src/text/words.ts';
import { checklist, type Duty } from './checklist.ts';

const CONTACT = 'The chess club’s board, mail@operator.example';
const POLICY = 'https://operator.example/policy';
const CARRIER = { name: 'Carrier Inc.', country: 'Atlantis' };
/**
 * Figures that notices must state: the least age; the days for which the log, a tombstone, and what
 * was told are kept; the minutes for which a photo is kept; and the most templates.
 */
const FIGURES = {
  enrol: [18, 90, 180, MAX_TEMPLATES],
  search: [18, 90, 180, 15, 70],
  self: [18, 180, 15],
  blur: [18, 180, 15],
} as const;

/**
 * The most characters of a notice's first part with the longest group name. People read it on a
 * phone before they decide.
 */
const MOST_SUMMARY = 500;

/**
 * Facts that a notice states wrongly or not at all: group, days of storage, age, templates, the
 * operator's contact and policy, the carrier of messages; and each duty of the checklist.
 */
export function noticeViolations(language: string, catalogue: Catalogue): string[] {
  const { words } = readCatalogue(language, catalogue);
  const violations = cases(words).flatMap(({ purpose, stated }) => {
    const text = noticeText(words, purpose, stated);
    const summary = noticeSummary(words, purpose, stated).join('\n\n');
    return [
      ...figureViolations(text, [...FIGURES[purpose], stated.retentionDays]),
      ...figureViolations(summary, summaryFigures(purpose, stated)),
      ...[stated.group, stated.contact].flatMap((fact) =>
        fact === undefined || summary.includes(fact) ? [] : [`does not state ${fact} in its first part`],
      ),
      ...[CONTACT, POLICY, CARRIER.name, CARRIER.country].flatMap((fact) =>
        text.includes(fact) === Object.values(flat(stated)).includes(fact) ? [] : [`is wrong about ${fact}`],
      ),
    ].map((what) => `the notice of ${purpose} ${what}`);
  });
  return [...new Set([...violations, ...lengthViolations(words), ...dutyViolations(language, words)])];
}

function lengthViolations(words: Words): string[] {
  const group = words.place.titled({ title: 'x'.repeat(MAX_NAME) });
  return PURPOSES.flatMap((purpose) => {
    const stated = { retentionDays: 1_095, contact: CONTACT, policyUrl: POLICY, group, carrier: CARRIER };
    const { length } = noticeSummary(words, purpose, stated).join('\n\n');
    return length <= MOST_SUMMARY
      ? []
      : [`the first part of the notice of ${purpose} has ${length} characters, not ${MOST_SUMMARY} at most`];
  });
}

/**
 * Duties of the checklist that the notice does not fulfil. The checklist has the words that fulfil
 * a duty in some languages. In other languages no words are looked for.
 */
function dutyViolations(language: string, words: Words): string[] {
  return PURPOSES.flatMap((purpose) => {
    const stated = { retentionDays: 365, contact: CONTACT, policyUrl: undefined, group: 'G', carrier: CARRIER };
    const text = noticeText(words, purpose, stated);
    return checklist.duties
      .filter(({ where }) => where === 'notice')
      .flatMap((duty) => missing(duty, language, text).map((what) => `the notice of ${purpose} ${what}`));
  });
}

/** What a text lacks for a duty, in words for people. */
export function missing({ id, asks, says }: Duty, language: string, text: string): string[] {
  const word = says[language];
  return word === undefined || new RegExp(word, 'i').test(text) ? [] : [`does not say what ${id} asks for: ${asks}`];
}

function cases(words: Words): { readonly purpose: Purpose; readonly stated: Stated }[] {
  const group = words.place.titled({ title: 'Chess club' });
  return PURPOSES.flatMap((purpose) =>
    [417, 30].flatMap((retentionDays) =>
      [undefined, CONTACT].flatMap((contact) =>
        [undefined, POLICY].flatMap((policyUrl) =>
          [undefined, CARRIER].map((carrier) => ({
            purpose,
            stated: { group, retentionDays, contact, policyUrl, carrier },
          })),
        ),
      ),
    ),
  );
}

function flat({ carrier, ...stated }: Stated): Readonly<Record<string, unknown>> {
  return { ...stated, carrier: carrier?.name, country: carrier?.country };
}

function summaryFigures(purpose: Purpose, { retentionDays }: Stated): number[] {
  return [18, retentionDays, ...(purpose === 'enrol' ? [MAX_TEMPLATES] : [])];
}

function figureViolations(text: string, meant: readonly number[]): string[] {
  const figures = new Set(text.match(/\d+/g)?.map(Number) ?? []);
  const said = [...figures].toSorted((a, b) => a - b).join(', ');
  const right = [...new Set(meant)].toSorted((a, b) => a - b).join(', ');
  return said === right ? [] : [`states the figures ${said}, not ${right}`];
}
