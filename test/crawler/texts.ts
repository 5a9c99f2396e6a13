import { LOCALES } from '../../src/text/words.ts';
import { catalogueOf, messageOf, type Part, sentencesOf } from '../text/catalogue.ts';

/**
 * The claims that an answer may make, by the keys of their sentences. Their wording belongs to the
 * catalogues. Each case of a sentence has its own key: `failures.expired:used`.
 */
const CLAIMS: readonly RegExp[] = [
  /^failures\./,
  /^intent\.(greeting|photo|near|overMany|onlyPhotos)$/,
  /^notice\.(enrol|search|self|blur)\.title$/,
  /^notice\.declined$/,
  /^enroll\.(done|collected|alreadyKnown|again|notYou|disputed)$/,
  /^enroll\.gesture\.(ask|late|missing|newer|whole|wholeSelfies|notYou|stopped)$/,
  /^find\.(summary|nobodyEnrolled|allOutdated|left|details\.how)$/,
  /^forget\.(ask|kept|nothing|receipt|later|unnoted)$/,
  /^mydata\.(nothing|title|enrolled|selfies\.(which|kept|dropped|last))$/,
  /^wrong\.(which|noted|known)$/,
  /^shown\.(mayNotPost|unknown|gone|nobody|off|deleted|not_yours)$/,
  /^series\.(found|held)$/,
  /^(me\.(found|hidden)|blur\.(none|done)|invite\.(posted|refused|alone))$/,
  /^settings\.(title|which\.\w+|erase\.(ask|done))$/,
  /^(alert|help\.(title|titleSelf)|privacy\.title|place\.which|place\.none)$/,
  /^telegram\.(inPrivate|openOnce|asYourself|shown|notShown)$/,
];

/** A sentence in an answer: its key and arguments. */
export interface Said {
  readonly key: string;
  readonly told: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly key: string;
  readonly pattern: RegExp;
}

/** Matches an argument of a sentence, of at most 300 signs. */
const ANYTHING = '[^\\n]{0,300}?';

/** ICU's kinds of parts: https://formatjs.github.io/docs/icu-messageformat-parser */
const [LITERAL, SELECT, PLURAL] = [0, 5, 6];

const patterns = new Map(LOCALES.map((language) => [language, patternsOf(language)]));

/**
 * Everything claimed in a text of this language. A part of a longer sentence does not count on its
 * own.
 */
export function claimsIn(text: string, language: string): Said[] {
  const found = (patterns.get(language) ?? []).flatMap(({ key, pattern }) => {
    const match = pattern.exec(text);
    const told = { ...match?.groups };
    const args = Object.entries(told).flatMap(([name, said]) => (name.endsWith('In') ? [] : said));
    const free = args.join('').length;
    return match ? [{ key, told, from: match.index, to: match.index + match[0].length, free }] : [];
  });
  const length = ({ from, to }: { readonly from: number; readonly to: number }) => to - from;
  return found.filter((one) => {
    const around = found.filter(({ from, to }) => from <= one.from && one.to <= to);
    return !around.some((other) => length(other) > length(one) || other.free < one.free);
  });
}

function patternsOf(language: string): Pattern[] {
  const sentences = [...sentencesOf(catalogueOf(language))].filter(([key]) => CLAIMS.some((one) => one.test(key)));
  return sentences.flatMap(([key, sentence]) => {
    const parts = messageOf(language, sentence).getAst();
    const cases = parts.find((part) => part.type === SELECT);
    if (!cases || !('options' in cases)) return [{ key, pattern: patternOf(parts) }];
    return Object.entries(cases.options).map(([name, { value }]) => {
      const chosen = parts.flatMap((part) => (part === cases ? value : [part]));
      return { key: `${key}:${name}`, pattern: patternOf(chosen) };
    });
  });
}

function patternOf(parts: readonly Part[]): RegExp {
  const named = new Set<string>();
  // An argument may be in several cases of one sentence, but a RegExp cannot name two groups alike.
  const group = (name: string, what: string) => {
    if (named.has(name) || !/^\w+$/.test(name)) return `(?:${what})`;
    named.add(name);
    return `(?<${name}>${what})`;
  };
  const source = (all: readonly Part[]): string =>
    all
      .map((part) => {
        if (part.type === LITERAL && 'value' in part) return escaped(String(part.value));
        if ((part.type === SELECT || part.type === PLURAL) && 'options' in part) {
          const cases = Object.values(part.options).map(({ value }) => source(value));
          return group(`${part.value}In`, cases.join('|'));
        }
        const name = 'value' in part ? String(part.value) : '';
        return group(name, ANYTHING);
      })
      .join('');
  // A sentence neither begins nor ends in the middle of a word.
  return new RegExp(`(?<![\\p{L}\\p{N}])${source(parts)}(?![\\p{L}\\p{N}])`, 'u');
}

function escaped(literal: string): string {
  return literal
    .split(/\s+/)
    .map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .join('\\s+');
}
