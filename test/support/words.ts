import { wordsFor } from '../../src/text/words.ts';

/** What people are told in English. */
export const en = wordsFor('en');

/** What people are told in German. */
export const de = wordsFor('de');

/** The answer after enrolling with one selfie. */
export const enrolledOnce = (group: string) =>
  en.enroll.done({ group: en.place.titled({ title: group }), templates: 1, more: true, selfies: 3 });
