import { wordsFor } from '../../src/text/words.ts';

/** What people are told in English. */
export const en = wordsFor('en');

/** What people are told in German. */
export const de = wordsFor('de');

/** What somebody is told who enrolled with one selfie. */
export const enrolledOnce = en.enroll.done({ templates: 1, more: true, selfies: 3 });
