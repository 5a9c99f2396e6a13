/**
 * The most code points of a name. A longer name would push the numbers of a result out of sight.
 */
export const MAX_NAME = 64;

/** Blanks and line breaks of every kind. U+2800 is an empty Braille cell. */
const BLANK = /[\p{Cc}\p{Z}\u2800]+/gu;
/**
 * Signs that are invisible or empty, or that change the direction of text. Joiners in emoji and
 * Persian words are not among them.
 */
const UNSEEN = /[[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]--[\u200c\u200d\ufe0e\ufe0f]]/gv;
/** Matches many marks on one letter, which would cover the lines around it. */
const HEAPED = /(\p{M}{4})\p{M}+/gu;
const SEEN = /[^\p{M}\p{Z}\u200c\u200d]/u;

/**
 * Cleans each of `names`, and gives the first that still shows anything; else an empty string.
 * Cleaning removes signs that hide text, change its direction or break the line. The result is one
 * line of at most {@link MAX_NAME} code points. Cleaning it again changes nothing.
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

/** Matches where a mention, link, command, hashtag or telephone number could start or go on. */
const CATCHING = /[@/.:#$+]|\d(?=[\s().-]*\d)/g;

/** Matches quotation marks, signs that look like them, and several apostrophes in a row. */
const QUOTING = /[[\p{Quotation_Mark}\u02ba\u02dd\u02ee\u05f4\u2033\u2036\u275d\u275e\u3003]--['’‘‚‛]]|['’‘‚‛`´]{2,}/gv;

/**
 * A clean name in a form that reads the same in a sentence on any platform. An invisible word
 * joiner stands wherever a mention, link, command, hashtag or telephone number could start. Double
 * quotation marks become single ones, because sentences put names between double ones. A name
 * written from right to left is isolated, so that the numbers after it keep their order.
 */
export function inert(name: string): string {
  const unlinked = name.replace(QUOTING, "'").replace(CATCHING, '$&\u2060');
  return FROM_RIGHT_TO_LEFT.test(unlinked) ? `\u2068${unlinked}\u2069` : unlinked;
}
