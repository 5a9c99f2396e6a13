import type { Purpose } from '../../consent/consent.ts';
import { NOTICE_VERSION, noticeHash } from '../../consent/notice.ts';
import { DAY_MS } from '../../consent/sweep.ts';
import type { Place, Platform } from '../../consent/who.ts';
import { TOMBSTONE_RETENTION_MS } from '../../gallery/erasure.ts';
import { FIND_RETENTION_MS, MAX_TEMPLATES } from '../../gallery/gallery.ts';
import { PER_GROUP } from '../../gallery/rules/reveal.ts';
import { languageOf, type Words, wordsFor } from '../../text/words.ts';
import { PARKED_MS } from '../buttons/parked.ts';
import { groupName } from '../group/group-name.ts';

/** The text that a person sees before anything of a photo is fetched. */
export interface Notice {
  readonly version: number;
  /** SHA-256 (hex) of `text`. */
  readonly hash: string;
  /** How many days of storage `text` names. */
  readonly retentionDays: number;
  /** A title and a summary, then all parts under headings: see {@link noticeParts}. */
  readonly text: string;
}

/**
 * The notice for a purpose in a group, in the language of `locale`. `retentionDays`: the days that
 * the group set, if it did.
 */
export type Notices = (purpose: Purpose, locale: string, place: Place, retentionDays?: number) => Notice;

/**
 * The company that carries messages between people and bot, with the country of its seat (ISO 3166
 * code).
 */
export interface Carrier {
  readonly name: string;
  readonly country: string;
}

/** The facts of an installation that its notices state. */
export interface NoticeFacts {
  readonly retentionDays: number;
  readonly contact: string | undefined;
  readonly policyUrl: string | undefined;
  /** The carrier of a platform's messages; undefined when nobody carries them. */
  readonly carrierOf: (platform: Platform) => Carrier | undefined;
}

/** The facts about an installation and a group that one notice states. */
export interface Stated extends Pick<NoticeFacts, 'retentionDays' | 'contact' | 'policyUrl'> {
  /** The group's name in sentences. */
  readonly group: string;
  /** The carrier of the group's platform, with its country's name in the reader's language. */
  readonly carrier: Carrier | undefined;
}

/** A part of a notice under its heading. */
export interface NoticePart {
  readonly heading: string;
  readonly text: string;
}

/** How many days the record of what people were told about others is kept, at most. */
const TOLD_DAYS = (PER_GROUP.atOnce * PER_GROUP.unitMs) / DAY_MS;

/** Marks a heading where there is only plain text. */
const HEADING = '■ ';

/** Makes notices that state the facts of this installation. */
export function notices(facts: NoticeFacts): Notices {
  return (purpose, locale, place, retentionDays = facts.retentionDays) => {
    const words = wordsFor(locale);
    const group = groupName(words, place);
    const carrier = carrierIn(locale, facts.carrierOf(place.platform));
    const text = noticeText(words, purpose, { ...facts, retentionDays, group, carrier });
    return { version: NOTICE_VERSION, hash: noticeHash(text), retentionDays, text };
  };
}

/** The carrier, with its country's name in the language for `locale`. */
export function carrierIn(locale: string, carrier: Carrier | undefined): Carrier | undefined {
  const countries = new Intl.DisplayNames([languageOf(locale) ?? 'en'], { type: 'region' });
  return carrier && { ...carrier, country: countries.of(carrier.country) ?? carrier.country };
}

/**
 * The notice for a purpose, in the language of `words`. First come a title and a summary: what is
 * kept, what for, who sees it, how long, how to leave and who runs it. Then all parts follow under
 * headings.
 */
export function noticeText(words: Words, purpose: Purpose, stated: Stated): string {
  const whole = underHeadings(noticeParts(words, purpose, stated));
  return [...noticeSummary(words, purpose, stated), whole].join('\n\n');
}

/** The beginning of a notice: its title and summary. */
export function noticeSummary(
  { notice }: Words,
  purpose: Purpose,
  { retentionDays: days, contact, group }: Stated,
): readonly [title: string, summary: string] {
  const own = notice[purpose].brief({ templates: MAX_TEMPLATES, days });
  const who = `${notice.headings.operator}: ${operator(notice, contact)}`;
  return [notice[purpose].title({ group }), `${own} ${who}`];
}

/** All parts of a notice: those of its purpose, then those of all purposes. */
export function noticeParts(words: Words, purpose: Purpose, stated: Stated): readonly NoticePart[] {
  const { notice } = words;
  const { headings } = notice;
  const { policyUrl } = stated;
  const policy = notice.policy({ hasPolicy: policyUrl !== undefined, policy: policyUrl ?? '' });
  const [seen, ...own] = purposeParts(words, purpose, stated);
  return [
    ...own,
    { ...seen, text: `${seen.text} ${storedText(words, stated.carrier)}` },
    ...sharedParts(words, stated),
    { heading: headings.operator, text: `${operatorText(words, stated.contact)} ${policy}` },
  ];
}

/** The parts that are the same for every purpose. */
export function sharedParts(
  { notice }: Words,
  { group, retentionDays: days }: Pick<Stated, 'group' | 'retentionDays'>,
): readonly NoticePart[] {
  const { headings } = notice;
  const traceDays = TOMBSTONE_RETENTION_MS / DAY_MS;
  return [
    { heading: headings.howLong, text: notice.howLong({ group, days, traceDays }) },
    { heading: headings.rights, text: notice.rights },
    { heading: headings.limits, text: notice.limits },
  ];
}

/** Joins parts to one text, each part under its heading. */
export function underHeadings(parts: readonly NoticePart[]): string {
  return parts.map(({ heading, text }) => `${HEADING}${heading}\n${text}`).join('\n\n');
}

/** The parts that only this purpose has. The part about who sees the data comes first. */
export function purposeParts(
  { notice: { headings, enrol, search, self, blur } }: Words,
  purpose: Purpose,
  { group }: Pick<Stated, 'group'>,
): readonly [seen: NoticePart, ...NoticePart[]] {
  const logDays = FIND_RETENTION_MS / DAY_MS;
  const minutes = PARKED_MS / 60_000;
  switch (purpose) {
    case 'enrol':
      return [
        { heading: headings.seen, text: enrol.seen({ logDays }) },
        { heading: headings.kept, text: enrol.what({ templates: MAX_TEMPLATES }) },
        { heading: headings.whatFor, text: enrol.whatFor({ group }) },
      ];
    case 'search':
      return [
        { heading: headings.seen, text: search.seen },
        { heading: headings.what, text: search.what({ group, minutes }) },
        { heading: headings.kept, text: search.kept({ logDays, toldDays: TOLD_DAYS }) },
      ];
    case 'self':
      return [
        { heading: headings.seen, text: self.seen },
        { heading: headings.what, text: self.what({ group, minutes }) },
        { heading: headings.kept, text: self.kept },
      ];
    case 'blur':
      return [
        { heading: headings.seen, text: blur.seen },
        { heading: headings.what, text: blur.what({ minutes }) },
        { heading: headings.kept, text: blur.kept },
      ];
  }
}

/** Says where data are stored, and who carries messages. */
export function storedText({ notice }: Words, carrier: Carrier | undefined): string {
  const { name = '', country = '' } = carrier ?? {};
  return notice.stored({ isCarried: carrier !== undefined, carrier: name, country });
}

/** Says who runs this installation, and whom to ask. */
export function operatorText({ notice }: Words, contact: string | undefined): string {
  return `${operator(notice, contact)} ${notice.reach}`;
}

function operator(notice: Words['notice'], contact: string | undefined): string {
  return notice.operator({ hasContact: contact !== undefined, contact: contact ?? '' });
}
