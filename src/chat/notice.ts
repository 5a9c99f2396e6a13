import type { Purpose } from '../consent/consent.ts';
import { NOTICE_VERSION, noticeHash } from '../consent/notice.ts';
import { MAX_TEMPLATES } from '../gallery/gallery.ts';
import { type Words, wordsFor } from '../text/words.ts';

/** What a person is shown before anything of a photo is fetched. */
export interface Notice {
  readonly version: number;
  /** SHA-256 (hex) of `text`. */
  readonly hash: string;
  /** Days of storage that `text` states. */
  readonly retentionDays: number;
  readonly text: string;
}

/** The notice for a purpose in the language of `locale`. */
export type Notices = (purpose: Purpose, locale: string) => Notice;

/** What a notice states that differs between installations. */
export interface NoticeFacts {
  readonly retentionDays: number;
  readonly contact: string | undefined;
  readonly policyUrl: string | undefined;
}

/** Notices that state this installation's facts. */
export function notices(facts: NoticeFacts): Notices {
  return (purpose, locale) => {
    const text = noticeText(wordsFor(locale), purpose, facts);
    return { version: NOTICE_VERSION, hash: noticeHash(text), retentionDays: facts.retentionDays, text };
  };
}

/**
 * The notice for a purpose, in the language of `words`: what is done comes first, then what is true
 * of both purposes.
 */
export function noticeText({ notice }: Words, purpose: Purpose, facts: NoticeFacts): string {
  const { retentionDays: days, contact, policyUrl } = facts;
  const { enrol, search } = notice;
  const own =
    purpose === 'enrol'
      ? [enrol.title, enrol.what({ templates: MAX_TEMPLATES }), enrol.whatFor]
      : [search.title, search.what, search.kept];
  const operator = notice.operator({
    hasContact: contact !== undefined,
    contact: contact ?? '',
    hasPolicy: policyUrl !== undefined,
    policy: policyUrl ?? '',
  });
  return [...own, notice.howLong({ days }), notice.limits, operator].join('\n\n');
}
