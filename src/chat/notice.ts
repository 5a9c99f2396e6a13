import type { Purpose } from '../consent/consent.ts';
import { NOTICE_VERSION, noticeHash } from '../consent/notice.ts';
import type { NoticeFacts } from '../text/facts.ts';
import { wordsFor } from '../text/words.ts';

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

/** Notices that state this installation's facts. */
export function notices(facts: NoticeFacts): Notices {
  return (purpose, locale) => {
    const text = wordsFor(locale).notice[purpose](facts);
    return { version: NOTICE_VERSION, hash: noticeHash(text), retentionDays: facts.retentionDays, text };
  };
}
