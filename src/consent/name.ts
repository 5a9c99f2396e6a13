/** A name is cut to so many code points: longer ones push a result's numbers out of sight. */
export const MAX_NAME = 64;

/** Blanks and line breaks of every kind; the last is an empty Braille cell. */
const BLANK = /[\p{Cc}\p{Z}\u2800]+/gu;
/** What is not seen, turns text round or stands for nothing; what holds an emoji or a Persian word together stays. */
const UNSEEN = /[[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]--[\u200c\u200d\ufe0e\ufe0f]]/gv;
/** Marks that are heaped upon one letter reach over the lines around it. */
const HEAPED = /(\p{M}{4})\p{M}+/gu;
const SEEN = /[^\p{M}\p{Z}\u200c\u200d]/u;

/**
 * The first of `names` in which something is left to be seen, without what hides, turns text round or breaks its line:
 * at most {@link MAX_NAME} code points in one line. Empty when there is none. Cleaned again, it stays as it is.
 */
export function cleanName(...names: readonly (string | null | undefined)[]): string {
  return names.map((name) => cleaned(name ?? '')).find((name) => name !== '') ?? '';
}

function cleaned(name: string): string {
  const line = name.replace(BLANK, ' ').replace(UNSEEN, '').replace(HEAPED, '$1').replace(/ +/g, ' ').trim();
  const short = [...line].slice(0, MAX_NAME).join('').trim();
  return SEEN.test(short) ? short : '';
}

const FROM_RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Where a mention, link, command, hashtag or telephone number would begin, or go on. */
const CATCHING = /[@/.:#$+]|\d(?=[\s().-]*\d)/g;

/** What opens or closes a quotation, or looks like it; two apostrophes do. */
const QUOTING = /[[\p{Quotation_Mark}\u02ba\u02dd\u02ee\u05f4\u2033\u2036\u275d\u275e\u3003]--['’‘‚‛]]|['’‘‚‛`´]{2,}/gv;

/**
 * A clean name as it may stand in a sentence on any platform, where it reads the same: an invisible word joiner stands wherever a
 * mention, link, command, hashtag or telephone number would begin; double quotation marks, between which sentences put names,
 * become single ones; and a name written from right to left is set apart, so that the numbers after it stay in their order.
 */
export function inert(name: string): string {
  const unlinked = name.replace(QUOTING, "'").replace(CATCHING, '$&\u2060');
  return FROM_RIGHT_TO_LEFT.test(unlinked) ? `\u2068${unlinked}\u2069` : unlinked;
}
